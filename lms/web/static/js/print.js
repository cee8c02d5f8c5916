// A button that prints the page. Without this file it stays hidden, and the browser's own "Ctrl + P" does the same.
(function () {
  "use strict";

  document.querySelectorAll("button[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });
})();
