// Saves each answer as it is chosen and keeps it in this tab until the server has it. Never hands anything in.
(function () {
  "use strict";
  var form = document.querySelector("form[data-quiz]");
  if (!form || !window.fetch) return;
  var key = "lhp:" + form.dataset.quiz, line = form.querySelector(".saved"), mark = line.querySelector(".mark");
  var sending = false, changed = false;

  function keep(value) {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, value);
    } catch (closed) { /* No storage in this browser: the form itself still holds the answer. */ }
  }
  function kept() {
    try { return sessionStorage.getItem(key); } catch (closed) { return null; }
  }
  function chosen() {
    return Array.from(form.querySelectorAll("[name=choice]:checked"), function (box) { return box.value; });
  }
  function say(state, text) {
    mark.dataset.is = state;
    mark.textContent = text;
  }
  function unsaved() {
    say("stop", navigator.onLine === false ? line.dataset.offline : line.dataset.kept);
  }
  function save() {
    keep(chosen().join());
    changed = sending; // one at a time: on a slow line an earlier answer must not arrive after a later one
    if (sending) return;
    sending = true;
    say("wait", line.dataset.saving);
    var body = new FormData(form);
    body.set("answered", "1"); // no tick at all is an answer too, once there was one
    fetch(form.action, { method: "POST", body: body, headers: { Accept: "application/json" } })
      .then(function (answer) { if (answer.ok) return answer.json(); throw answer.status; })
      .then(function (told) {
        if (told.closed) return location.reload();
        if (changed) return;
        keep(null);
        if (told.saved) say("ok", line.dataset.saved + " " + told.saved);
        else say("wait", line.dataset.none);
      })
      .catch(unsaved)
      .then(function () {
        sending = false;
        if (changed) save();
      });
  }

  var before = kept();
  if (before !== null) {
    form.querySelectorAll("[name=choice]").forEach(function (box) { box.checked = before.split(",").includes(box.value); });
    save();
  }
  form.addEventListener("change", save);
  form.addEventListener("submit", function (event) {
    if (navigator.onLine !== false) return;
    event.preventDefault(); // the browser's own error page would say nothing of the answer that is kept here
    unsaved();
  });
  addEventListener("online", function () { if (kept() !== null) save(); });
})();
