#!/bin/sh
# Builds one artefact into ARTIFACTS_DIR for `sam build`, which calls it through the Makefiles beside it, in a copy of the
# resource's own folder: artefact.sh build-<logical id> <what Lambda runs on, as uv calls it>.
# Why it is so: docs/decisions/build.md
set -eu

target=$1
platform=$2
project=$(cd "$(dirname "$0")/../.." && pwd)
runtime=$(cat "$project/.python-version") # bytecode is of use to no other

fail() {
    echo "build: $1" >&2
    exit 1
}

find_tools() {
    uv=$project/.venv-uv/bin/uv
    [ -x "$uv" ] || uv=$(command -v uv) || fail "uv is not there; \`make setup\` installs it, or put one on the PATH"
    # From the project's folder, for pyenv goes by the .python-version that it finds there.
    python=$(
        cd "$project"
        "$uv" run --quiet --no-project --python "$runtime" python -c 'import sys; print(sys.executable)'
    ) || fail "Python $runtime is not there, and uv could not get it; install one, or try again with a network"
}

build_function() {
    cp app.py "$ARTIFACTS_DIR"
    compile /var/task
}

build_layer() {
    packages=$ARTIFACTS_DIR/python
    set -- --only-binary :all: --require-hashes --requirements requirements.txt
    # The local stack runs its functions with the machine's own Python, whatever the template says: local/stack.py
    [ "${GATEHOUSE_BUILD_FOR:-lambda}" = this-machine ] || set -- "$@" --python-platform "$platform"
    set -- "$@" --python "$python" --target "$packages" --link-mode copy --no-installer-metadata
    # Versions and hashes are pinned, so what was downloaded once will do; only for the rest is the index asked.
    "$uv" pip install --quiet --offline "$@" 2>/dev/null || "$uv" pip install --quiet "$@" ||
        fail "the layer's packages could not be had; is the network there, and the package index reachable?"
    (
        cd "$packages"
        trim
    )
    cp -R gatehouse messages "$packages"
    find "$packages/gatehouse/messaging" "$packages/messages" \( -name '*.md' -o -name '*.mjml' \) -exec rm {} + # for people
    compile /opt
}

# Removes what no function loads, its trace sampled or not. Of *.dist-info the licences stay, and METADATA, which
# scanners for vulnerable packages go by.
trim() {
    # Which services botocore can call: X-Ray's SDK makes a client, to ask for its sampling rules.
    find botocore/data -mindepth 1 -maxdepth 1 -type d ! -name xray -exec rm -r {} +
    find aws_lambda_powertools/utilities -mindepth 1 -maxdepth 1 -type d ! -name jmespath_utils -exec rm -r {} +
    while read -r path _use; do
        # Unquoted, for it may be a pattern.
        rm -r $path || fail "$path is gone from the layer's packages; see what came in its place, and mend $0"
    done <<END
aws_lambda_powertools/event_handler             answers HTTP requests
aws_lambda_powertools/logging/formatters        logs for Datadog
aws_lambda_powertools/metrics/provider/datadog  metrics for Datadog
aws_lambda_powertools/middleware_factory        wraps handlers, which @trigger does
awscrt/eventstream                              remote calls to Greengrass
aws_xray_sdk/ext                                traces frameworks and drivers
bin                                             commands, for a shell
dateutil/zoneinfo                               time zones; we know UTC alone
urllib3/contrib/emscripten                      for browsers
wrapt-stubs                                     types, for who writes code
wrapt/_wrappers.c                               source of what is compiled beside it
*.dist-info/RECORD                              lists what is no longer all there
END
}

# Compiles every module to bytecode that is never compared with its source, and that names it as Lambda unpacks it.
compile() {
    find "$ARTIFACTS_DIR" -name __pycache__ -prune -exec rm -r {} + # left by whoever ran the sources
    "$python" -I -m compileall -q --invalidation-mode unchecked-hash -s "$ARTIFACTS_DIR" -p "$1" "$ARTIFACTS_DIR"
}

find_tools
case $target in
build-GatehouseLayer) build_layer ;;
build-*Function) build_function ;;
*) fail "nothing says how to build ${target#build-}" ;;
esac
