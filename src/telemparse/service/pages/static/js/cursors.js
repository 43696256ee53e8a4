// The cursor that map and traces share: seconds of the session, or nothing.
export class Cursor {
  constructor() {
    this.t = null;
    this.calls = new Set();
  }
  hear(call) {
    this.calls.add(call);
    return () => this.calls.delete(call);
  }
  set(t, from = null) {
    if (t === this.t) return;
    this.t = t;
    for (const call of this.calls) call(t, from);
  }
}
