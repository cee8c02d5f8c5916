// Reading is use: while somebody scrolls or types here, the visit is told so once a minute, and does not lock in the
// middle of a page. Without this file the page still works; it asks for the PIN after five minutes.
(function () {
  "use strict";

  var EVERY = 60000;
  var told = Date.now();

  function here() {
    if (document.hidden || Date.now() - told < EVERY) {
      return;
    }
    told = Date.now();
    fetch("/con-day", { credentials: "same-origin", cache: "no-store", redirect: "manual" }).catch(function () {
      // Without a network there is nobody to tell: try again in ten seconds.
      told = Date.now() - EVERY + 10000;
    });
  }

  ["scroll", "pointerdown", "keydown"].forEach(function (kind) {
    document.addEventListener(kind, here, { passive: true });
  });
})();
