"use strict";
for (const figure of document.querySelectorAll(".latent")) {
  const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const control = figure.querySelector(".latent-control");
  const slider = control.querySelector("input");
  const output = figure.querySelector("output");
  const plot = figure.querySelector(".latent-plot");
  const svg = plot.querySelector("svg");
  const dots = svg.querySelectorAll(".latent-dots circle");
  const ring = svg.querySelector(".latent-ring");
  const tip = plot.querySelector(".latent-tip");
  let frame = data.frames[data.frames.length - 1];

  function hide() {
    tip.hidden = true;
    ring.setAttribute("visibility", "hidden");
  }

  function move() {
    frame = data.frames[slider.valueAsNumber];
    dots.forEach((dot, k) => {
      dot.setAttribute("cx", frame.xy[2 * k]);
      dot.setAttribute("cy", frame.xy[2 * k + 1]);
    });
    output.textContent = frame.note;
    slider.setAttribute("aria-valuetext", frame.note);
    hide();
  }

  function nearest(x, y, reach) {
    let best = -1;
    let least = reach * reach;
    for (let k = 0; k < dots.length; k += 1) {
      const dx = frame.xy[2 * k] - x;
      const dy = frame.xy[2 * k + 1] - y;
      if (dx * dx + dy * dy <= least) {
        least = dx * dx + dy * dy;
        best = k;
      }
    }
    return best;
  }

  function tell(k) {
    const head = document.createElement("b");
    const label = data.labels.length ? data.labels[k] : null;
    head.textContent = `sentence ${data.indices[k] + 1}` + (label === null ? "" : ` · ${label}`);
    tip.replaceChildren(head);
    if (data.texts.length) tip.append(data.texts[k]);
  }

  function place(event) {
    const box = plot.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    tip.style.left = `${Math.max(0, Math.min(x + 14, box.width - tip.offsetWidth))}px`;
    const below = y + 18 + tip.offsetHeight <= box.height;
    tip.style.top = `${below ? y + 18 : y - 12 - tip.offsetHeight}px`;
  }

  function point(event) {
    const matrix = svg.getScreenCTM();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const k = nearest(at.x, at.y, 14 / matrix.a);
    if (k < 0) {
      hide();
      return;
    }
    tell(k);
    tip.hidden = false;
    place(event);
    ring.setAttribute("cx", frame.xy[2 * k]);
    ring.setAttribute("cy", frame.xy[2 * k + 1]);
    ring.setAttribute("visibility", "visible");
  }

  slider.addEventListener("input", move);
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", hide);
  control.hidden = data.frames.length < 2;
  move();
}
