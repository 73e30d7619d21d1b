# Shortcuts for those who work on ailearn; nothing here is needed to use it.
.PHONY: requirements torture

python ?= .venv/bin/python

# 300 kills, 2,000 concurrent writes, 60 damaged journals, 500 hostile files, 5,000 random command lines.
torture:
	AILEARN_TORTURE=1 $(python) -m pytest tests/torture

# The pinned versions, for every Python and system that pyproject.toml allows. Needs uv.
requirements:
	for file in locked lowest; do \
	  { sed -n 1p requirements/$$file.txt; \
	    uv pip compile --quiet --universal --python-version 3.11 --extra dev pyproject.toml \
	      --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	      $$(test $$file = lowest && echo --resolution lowest-direct); } > requirements/$$file.new && \
	  mv requirements/$$file.new requirements/$$file.txt || exit 1; \
	done
