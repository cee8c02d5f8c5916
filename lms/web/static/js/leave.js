// "Thoát nhanh": blank the page at once, forget what this tab holds, and put the neutral site in this page's place
// in the history. Without this file the link still works: the server sends the browser on.
(function () {
  "use strict";

  function leave(link) {
    document.documentElement.hidden = true;
    window.name = "";
    try {
      window.sessionStorage.clear();
    } catch (closed) {
      // A browser may forbid storage altogether; then there is nothing to clear, and leaving comes first.
    }
    window.location.replace(link.href);
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a.exit") : null;
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    leave(link);
  });
})();
