// A page that waits for a job: it asks every two seconds how far it is, and becomes the answer when there is one.
// Without this file the page has a link that loads it anew.
(function () {
  "use strict";

  var EVERY = 2000;
  var place = document.getElementById("cho");
  if (!place || !window.fetch || !window.DOMParser) {
    return;
  }
  var address = place.getAttribute("data-wait");

  function ask() {
    fetch(address, { credentials: "same-origin", cache: "no-store" })
      .then(function (answer) {
        return answer.text();
      })
      .then(show)
      .catch(later); // no network for a moment: the job goes on, and so does the asking
  }

  function show(text) {
    var now = new DOMParser().parseFromString(text, "text/html").getElementById("cho-tien");
    if (!now) {
      window.location.reload();
      return;
    }
    var bar = document.querySelector("#cho-tien progress");
    var words = document.getElementById("cho-chu");
    var next = now.querySelector("progress");
    bar.max = next.max;
    bar.value = next.value;
    if (words.textContent !== now.querySelector("#cho-chu").textContent) {
      words.textContent = now.querySelector("#cho-chu").textContent;
    }
    later();
  }

  function later() {
    window.setTimeout(ask, EVERY);
  }

  later();
})();
