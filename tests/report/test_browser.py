"""Pages in a real browser."""

import base64
import json
import re

import pytest

from unvanish.data import read_corpora
from unvanish.report.run_page import report

pytestmark = pytest.mark.slow

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

TRY = """<script>
window.addEventListener("load", () => {
  const told = {};
  const figure = document.querySelectorAll(".latent")[WHICH];
  if (figure.closest("details")) figure.closest("details").open = true;
  const dots = [...figure.querySelectorAll(".latent-dots circle")];
  const at = (dot) => `${dot.getAttribute("cx")},${dot.getAttribute("cy")}`;
  const svg = figure.querySelector(".latent-plot svg");
  const tip = figure.querySelector(".latent-tip");
  const ring = figure.querySelector(".latent-ring");
  const hover = (x, y) => svg.dispatchEvent(
    new PointerEvent("pointermove", {clientX: x, clientY: y, bubbles: true}));
  const slider = figure.querySelector("input");
  told.control = !figure.querySelector(".latent-control").hidden;
  told.before = dots.map(at).join(" ");
  slider.value = "0";
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  told.after = dots.map(at).join(" ");
  told.note = figure.querySelector("output").textContent;
  const box = dots[5].getBoundingClientRect();
  hover(box.x + box.width / 2, box.y + box.height / 2);
  told.tip = tip.hidden ? null : tip.textContent;
  told.elements = tip.querySelectorAll("*").length;
  told.ring = `${ring.getAttribute("cx")},${ring.getAttribute("cy")}`;
  told.dot = at(dots[5]);
  told.inside = tip.getBoundingClientRect().right <= innerWidth;
  const frame = svg.getBoundingClientRect();
  hover(frame.x + 1, frame.y + 1);
  told.away = tip.hidden;
  told.title = document.title;
  told.wide = document.documentElement.scrollWidth <= innerWidth;
  const out = document.createElement("pre");
  out.id = "told";
  out.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(told))));
  document.body.append(out);
});
</script></body>"""


@pytest.fixture
def told(dom, tmp_path):
    """Use the map of a page as a reader does, and give what is seen."""

    def used(page, which=0):
        html = POLICY.sub("", page.html()).replace("</body>", TRY.replace("WHICH", str(which)))
        file = tmp_path / "tried.html"
        file.write_text(html, encoding="utf-8")
        (found,) = re.findall(r'<pre id="told">(.*?)</pre>', dom(file))
        return json.loads(base64.b64decode(found))

    return used


def test_the_page_as_it_is_runs_its_script_and_no_other(one, dom, tmp_path):
    file = tmp_path / "page.html"
    html = one.html()
    file.write_text(html, encoding="utf-8")
    assert re.search(r'<div class="latent-control">', dom(file))
    strange = "<script>document.title='owned'</script></body>"
    file.write_text(html.replace("</body>", strange), encoding="utf-8")
    assert "<title>owned" not in dom(file)
    file.write_text(POLICY.sub("", html).replace("</body>", strange), encoding="utf-8")
    assert "<title>owned" in dom(file)


def test_without_its_script_the_last_epoch_stands_still(one, dom, tmp_path):
    file = tmp_path / "still.html"
    html = re.sub(r"script-src .*?; style", "script-src &#39;none&#39;; style", one.html())
    file.write_text(html, encoding="utf-8")
    seen = dom(file)
    assert '<div class="latent-control" hidden="">' in seen
    assert "epoch 3 of 3 · beta" in seen
    assert seen.count('r="4"') > 10


def test_slider_and_hover(one, told):
    seen = told(one)
    assert seen["control"]
    assert seen["before"] != seen["after"]
    assert seen["note"].startswith("epoch 1 of 3 · beta")
    assert seen["tip"].startswith("sentence ")
    assert seen["ring"] in seen["after"].split()
    assert seen["away"]
    assert seen["inside"]
    assert seen["wide"]


def test_a_hovered_sentence_is_text(hostile, one, told):
    corpora = read_corpora(
        hostile.config.data, hostile.origin["corpus"]["files"], vocabulary=hostile.vocabulary
    )
    seen = told(one)
    number = int(re.match(r"sentence (\d+)", seen["tip"])[1]) - 1
    words = " ".join(hostile.vocabulary.decode(corpora.valid[number]))
    assert seen["tip"] == f"sentence {number + 1} · {corpora.valid.labels[number]}{words}"
    assert seen["elements"] == 1
    assert seen["title"].startswith("<u>$x_1$</u> 数")


def test_without_the_text_hovering_tells_the_number(trained, told):
    seen = told(report([trained]))
    assert re.fullmatch(r"sentence \d+", seen["tip"])


def test_every_map_of_a_page_has_its_own_slider(many, told):
    seen = told(many, which=2)
    assert seen["before"] != seen["after"]
    assert seen["tip"].startswith("sentence ")
