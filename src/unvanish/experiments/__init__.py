"""The experiments of the paper: a file each, called by :mod:`.catalogue`.

``problems/`` is what they train and on what, ``measurements/`` what is measured of finished runs,
``pictures/`` and ``published`` what stands beside, ``judging/`` what is claimed and whether it
holds, ``reproducing/`` how any experiment is carried out and told, ``corpora/`` the text that
it reads and how that is made of downloads; ``illustrative/`` is also the demo.
"""
