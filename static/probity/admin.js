// Two things that unfold's own scripts leave undone.

// It hides the page until Alpine has started: too late for the browser's own autofocus.
document.addEventListener("alpine:initialized", () => {
  requestAnimationFrame(() => document.querySelector("[autofocus]")?.focus());
});

// It shows a chosen file's name in a text field of its own widget; a plain file input has none.
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll(".pb-card input[type=file]")) {
    input.hasChangeListener = true;
  }
});
