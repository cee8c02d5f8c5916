// The editor's preview follows what is typed, and a page with unsaved words warns before it is left. Without this file
// the button "Xem thử" shows the same preview, and options are added and taken away by the server.
(function () {
  "use strict";

  var PAUSE = 600;
  var form = document.querySelector("form[data-preview], form[data-question]");
  if (!form) {
    return;
  }
  var typed = false;
  var waiting = 0;
  var asked = 0;

  function ended(yes) {
    var words = document.getElementById("ended");
    if (words) {
      words.hidden = !yes;
    }
  }

  function show(made) {
    var frame = document.querySelector("iframe[name=phone]");
    var there = frame && frame.contentDocument && frame.contentDocument.getElementById("main");
    if (there) {
      // Replacing the page's middle keeps the place one has scrolled to and adds nothing to the history.
      there.replaceWith(frame.contentDocument.importNode(made.getElementById("main"), true));
    }
    made.querySelectorAll("[data-live]").forEach(function (fresh) {
      var old = document.getElementById(fresh.id);
      if (old) {
        old.replaceWith(document.importNode(fresh, true));
      }
    });
  }

  function preview() {
    var mine = (asked += 1);
    fetch(form.dataset.preview, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (answer) {
        return answer.status < 500 ? answer.text() : "";
      })
      .then(function (html) {
        if (html && mine === asked) {
          var made = new DOMParser().parseFromString(html, "text/html");
          var ours = made.body.classList.contains("shown");
          // Anything else is the page for signing in: it does not belong into the phone.
          ended(!ours);
          if (ours) {
            show(made);
          }
        }
      })
      .catch(function () {
        // No connection: the text stays in its box, the next pause tries again.
      });
  }

  form.addEventListener("input", function () {
    typed = true;
    if (form.dataset.preview) {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(preview, PAUSE);
    }
  });
  form.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.getAttribute("formtarget")) {
      event.preventDefault();
      preview();
    } else {
      typed = false;
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (typed) {
      event.preventDefault();
    }
  });
})();
