/**
 * What the containers run, for any POSIX shell. A Job cannot say when its pods begin together: they meet in the folder
 * of results, which all of them see.
 *
 * Below it is a folder for each time that the Job is made, by its uid: `ready/` and `done/` with a file for each index,
 * `start` with the moment at which all begin, `segments/<index>/` with the runs, and `merged/`.
 */

/** Environment: RESULTS, JOB_UID, SEGMENTS, START_LEAD_SECONDS, JOB_COMPLETION_INDEX. */
export function segmentScript(runArguments: readonly string[]): string {
  return `set -eu
run="$RESULTS/$JOB_UID"
mkdir -p "$run/ready" "$run/done" "$run/segments"
# The first process of a container ends by no signal that it does not ask for.
trap 'echo 143 > "$run/done/$JOB_COMPLETION_INDEX"; exit 143' TERM INT
: > "$run/ready/$JOB_COMPLETION_INDEX"
# All begin together: the first that sees everybody there says when, and no second one can (set -C).
until [ -s "$run/start" ]; do
  if [ "$(ls "$run/ready" | wc -l)" -ge "$SEGMENTS" ]; then
    (set -C; echo "$(( ($(date +%s) + START_LEAD_SECONDS) * 1000 ))" > "$run/start") 2>/dev/null || true
  fi
  [ -s "$run/start" ] || sleep 1
done
code=0
loadgen run ${runArguments.map(shellWord).join(' ')} \\
  --segment "auto/$SEGMENTS" --start-at "$(cat "$run/start")" \\
  --out "$run/segments/$JOB_COMPLETION_INDEX" &
load=$!
trap 'kill -TERM "$load"' TERM INT
wait "$load" || code=$?
# A signal ends the wait before the run has written what it has.
if [ "$code" -gt 128 ]; then code=0; wait "$load" || code=$?; fi
# Thresholds are of the merged run.
if [ "$code" -eq 99 ]; then code=0; fi
echo "$code" > "$run/done/$JOB_COMPLETION_INDEX"
exit "$code"
`
}

/** Environment: RESULTS, SEGMENTS, and POLL_SECONDS for how often it looks. */
export function mergeScript(): string {
  return `set -eu
trap 'exit 143' TERM INT
# The first run that is there in full and that nobody has merged yet.
while :; do
  for run in "$RESULTS"/*; do
    if [ -d "$run/done" ] && [ "$(ls "$run/done" | wc -l)" -ge "$SEGMENTS" ] && mkdir "$run/merged" 2>/dev/null; then
      exec loadgen merge "$run"/segments/*/* --out "$run/merged"
    fi
  done
  sleep "\${POLL_SECONDS:-5}"
done
`
}

/** One word for a shell, whatever is in it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
