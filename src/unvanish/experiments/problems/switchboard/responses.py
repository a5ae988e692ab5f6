"""What dialog models say to the contexts of the test split, and how good that is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ....data.dialogs import true_responses
from ....evaluation.dialog import score_responses
from ....generation import respond
from ....runs import DialogRun
from ....training import resolve_device
from ....whole_files import whole_file
from ...reproducing import Kept, Measurement
from .material import DialogMaterial
from .scoring import Scoring

__all__ = ["ResponseScores", "Scores"]

Scores: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Scores against the response that followed (``followed``), and against several that fit
(``several``) where there are any."""

_SHOWN = 10
"""Contexts whose responses are written down to be read."""

_ANSWERED_A_STEP = 50
"""Contexts that are answered in about the time of a training step: what is left is told so."""


@dataclass(frozen=True)
class ResponseScores(Measurement[DialogRun, Scores]):
    """Lets the best parameters answer, and scores what they say.

    What was said is kept in ``responses.json``, so that it can be scored otherwise without the
    parameters, and some of it beside its contexts in ``samples.txt``.

    Args:
        scoring: How many responses are sampled, to how many contexts, and scored with what.
        material: Gives contexts and responses that fit; of no use where nothing is measured.
        device: Where to compute.
    """

    file = "scores.json"
    parameters = "best"

    scoring: Scoring
    material: Callable[[], DialogMaterial]
    device: str

    @property
    def steps(self) -> int:
        """See :class:`Measurement`."""
        return -(-len(self.material().windows) // _ANSWERED_A_STEP)

    def settings(self, run: DialogRun) -> dict[str, Any]:
        """See :meth:`Measurement.settings`."""
        return {**self._sampling, **self.scoring.settings}

    def needed(self, run: DialogRun) -> Path | None:
        """See :meth:`Measurement.needed`."""
        return None if self._responses(run).is_there else super().needed(run)

    def measure(self, run: DialogRun, progress: Callable[[int], None]) -> Scores:
        """See :meth:`Measurement.measure`."""
        responses, material = self._responses(run), self.material()
        if not responses.is_there:
            responses.write(self._sample(run, material, progress))
        samples = [[words.split() for words in each] for each in responses.values()["samples"]]
        followed = true_responses(material.corpora.test, material.windows)
        scores = {"followed": score_responses(samples, followed, vectors=material.vectors)}
        if material.references:
            chosen = [samples[place] for place in material.references]
            fitting = list(material.references.values())
            scores["several"] = score_responses(chosen, fitting, vectors=material.vectors)
        return scores

    def read(self, values: Mapping[str, Any]) -> Scores:
        """See :meth:`Measurement.read`."""
        return values

    @property
    def _sampling(self) -> dict[str, Any]:
        scoring = self.scoring
        return {
            "samples": scoring.samples,
            "contexts": scoring.contexts,
            "parameters": self.parameters,
        }

    def _responses(self, run: DialogRun) -> Kept:
        return Kept(run.path / "responses.json", self._sampling)

    def _sample(
        self, run: DialogRun, material: DialogMaterial, progress: Callable[[int], None]
    ) -> dict[str, Any]:
        said = respond(
            run.model("best", device=resolve_device(self.device)),
            material.corpora.test,
            material.windows,
            samples=self.scoring.samples,
            seed=run.config.seed,
            progress=lambda done: progress(-(-done // _ANSWERED_A_STEP)),
        )
        every = max(1, len(said) // _SHOWN)
        shown = "\n\n".join(each.as_text() for each in said[::every][:_SHOWN])
        with whole_file(run.path / "samples.txt") as partial:
            partial.write_text(f"{shown}\n", encoding="utf-8")
        return {"samples": [[" ".join(words) for words in each.samples] for each in said]}
