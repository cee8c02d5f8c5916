// Saves each answer as it is chosen and keeps it in this tab until the server has it. Never hands anything in.
(function () {
  "use strict";
  var form = document.querySelector("form[data-quiz]");
  if (!form || !window.fetch) return;
  var key = "lhp:" + form.dataset.quiz, line = form.querySelector(".saved"), mark = line.querySelector(".mark");
  var turn = 0;

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
  function save() {
    var mine = ++turn;
    if (!chosen().length) return keep(null);
    keep(chosen().join());
    say("wait", line.dataset.saving);
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
      .then(function (answer) { if (answer.ok) return answer.json(); throw answer.status; })
      .then(function (told) {
        if (told.closed) return location.reload();
        if (mine !== turn) return;
        keep(null);
        say("ok", line.dataset.saved + " " + told.saved);
      })
      .catch(function () { if (mine === turn) say("stop", line.dataset.kept); });
  }

  var before = kept();
  if (before !== null) {
    form.querySelectorAll("[name=choice]").forEach(function (box) { box.checked = before.split(",").includes(box.value); });
    save();
  }
  form.addEventListener("change", save);
  addEventListener("online", function () { if (kept() !== null) save(); });
})();
