// Why a session failed or is not whole: code, message, hint, and another try.
import { post } from "./api.js";
import { make, showProblem } from "./dom.js";

export const showFailure = (place, session, onRetry) => {
  const { failure } = session;
  place.hidden = !failure;
  if (!failure) {
    place.replaceChildren();
    return;
  }
  place.classList.toggle("partial", session.status === "PARTIAL");
  const problem = make("p", { class: "notice", role: "alert", hidden: true });
  const again = make(
    "button",
    {
      type: "button",
      class: "main",
      onclick: async () => {
        again.disabled = true;
        showProblem(problem, null);
        try {
          await post(`/sessions/${session.id}/retry`);
          onRetry();
        } catch (error) {
          showProblem(problem, error);
        }
        again.disabled = false;
      },
    },
    "Try again",
  );
  place.replaceChildren(
    make(
      "h2",
      { id: "failure-heading" },
      session.status === "PARTIAL" ? "Something is missing" : "It could not be processed",
    ),
    make("p", { class: "failure-code" }, make("code", {}, failure.code)),
    make("p", {}, failure.message),
    failure.hint ? make("p", { class: "remedy" }, failure.hint) : "",
    problem,
    make("div", { class: "buttons" }, again),
  );
};
