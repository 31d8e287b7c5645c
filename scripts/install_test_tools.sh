#!/usr/bin/env bash
# What the tests need beyond Python: a TeX Live, latexmk, biber and poppler-utils (marker tex),
# Chromium (marker browser), a C compiler with Python's headers (marker compiler), OpenSSH (marker ssh), and curl
# (marker docs).
#
#   bash scripts/install_test_tools.sh                   install what is missing (apt, as root), or say what it is
#   bash scripts/install_test_tools.sh --missing [tex|browser|compiler|ssh|docs]   only print what is missing, one a line
#
# Exit code 0, except where CI is set and something is still missing: then 1.
set -euo pipefail

packages=(
    texlive-latex-extra texlive-science texlive-publishers texlive-pictures
    texlive-fonts-recommended texlive-bibtex-extra texlive-luatex texlive-xetex
    biber latexmk poppler-utils chromium gcc libc6-dev python3-dev openssh-client curl
)
programs=(pdflatex lualatex xelatex bibtex biber latexmk kpsewhich pdftotext pdftoppm pdffonts pdfinfo)
# A file of each collection: a program may be there without the classes.
files=(acmart.cls IEEEtran.cls llncs.cls elsarticle.cls booktabs.sty siunitx.sty tikz.sty biblatex.sty)
browsers=(chromium chromium-browser google-chrome)

missing_tex() {
    local name
    for name in "${programs[@]}"; do
        command -v "$name" >/dev/null || echo "$name"
    done
    command -v kpsewhich >/dev/null || return 0
    for name in "${files[@]}"; do
        kpsewhich "$name" >/dev/null || echo "$name"
    done
}

missing_browser() {
    local name
    for name in "${browsers[@]}"; do
        ! command -v "$name" >/dev/null || return 0
    done
    echo chromium
}

missing_compiler() {
    command -v cc >/dev/null || echo cc
    "${PYTHON:-python3}" -c 'import os, sys, sysconfig
sys.exit(not os.path.isfile(os.path.join(sysconfig.get_path("include"), "Python.h")))
' 2>/dev/null || echo Python.h
}

missing_ssh() {
    command -v ssh-keygen >/dev/null || echo ssh-keygen
}

missing_docs() {
    command -v curl >/dev/null || echo curl
}

missing() {
    local kind
    for kind in tex browser compiler ssh docs; do
        [[ -n ${1:-} && $1 != "$kind" ]] || "missing_$kind"
    done
}

if [[ ${1:-} == --missing ]]; then
    missing "${2:-}"
    exit 0
fi
lacking=$(missing)
[[ -n $lacking ]] || exit 0

if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing TeX Live, Chromium and a C compiler for the tests (some minutes; once)"
    export DEBIAN_FRONTEND=noninteractive
    # The lists may be old or absent; an update that fails need not mean that the install does.
    apt-get update -qq || true
    apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >/dev/null || true
    lacking=$(missing)
    [[ -n $lacking ]] || exit 0
fi

echo "Some tests need what this machine lacks: ${lacking//$'\n'/ }" >&2
echo "On Debian and Ubuntu: apt install ${packages[*]}" >&2
if [[ -n ${CI:-} ]]; then exit 1; fi
echo "The other tests run; make test-fast leaves these out." >&2
