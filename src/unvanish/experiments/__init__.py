"""The experiments of the paper: a file each, called by :mod:`.catalogue`.

``problems/`` is what they train and on what, ``measurements/`` what is measured of finished runs,
``pictures/`` and ``published`` what stands beside, ``reproducing/`` how any experiment is carried
out, judged and told, ``corpora/`` what makes its text; ``illustrative/`` is also the demo.
"""
