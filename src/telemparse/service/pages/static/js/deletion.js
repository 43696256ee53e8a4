// Deletion of a session, after a question.
import { remove } from "./api.js";
import { byId, make, showProblem } from "./dom.js";

export const askToDelete = (session) => {
  const dialog = byId("delete-dialog"),
    problem = make("p", { class: "notice", role: "alert", hidden: true });
  const go = make(
    "button",
    {
      type: "button",
      class: "danger",
      onclick: async () => {
        go.disabled = true;
        try {
          await remove(`/sessions/${session.id}`);
          location.assign("/");
        } catch (error) {
          showProblem(problem, error);
          go.disabled = false;
        }
      },
    },
    "Delete",
  );
  const stay = make("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Keep it");
  dialog.replaceChildren(
    make("h2", { id: "delete-heading" }, "Delete this session?"),
    make("p", {}, make("b", {}, session.name), " and all its tables go for good."),
    problem,
    make("div", { class: "buttons" }, go, stay),
  );
  dialog.showModal();
};
