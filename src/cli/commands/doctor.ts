/** `loadgen doctor`: what can be reached and captured of a target that is not ours. */
import { TargetError, UsageError } from '../../core/index.ts'
import { doctorText } from '../../report/index.ts'
import { ADVICE, type Diagnosis, examine } from '../../study/index.ts'
import { chooseScenario, override } from '../choose-scenario.ts'
import { type Command, captureOptions, outputOptions, scenarioOptions } from '../command.ts'
import type { Terminal } from '../terminal.ts'

interface DoctorArgs {
  readonly target?: string
  readonly config?: string
  readonly scenario?: string
  readonly instanceHeader?: string
  readonly instanceCookie?: string
}

export const doctor: Command<DoctorArgs> = {
  examples: [
    [
      'loadgen doctor --target http://127.0.0.1:8080/proxy',
      'a checklist, with snippets for nginx, HAProxy and others',
    ],
    [
      'loadgen doctor --target http://127.0.0.1:8080 --config my.yaml',
      'with the capture section of a scenario',
    ],
  ],
  options: {
    target: { type: 'string', requiresArg: true, describe: 'URL of a running balancer' },
    ...scenarioOptions,
    ...captureOptions,
    ...outputOptions,
  },
  async run(args, terminal) {
    const { target } = args
    if (target === undefined) throw new UsageError('doctor needs to know whom to look at: add --target URL')
    const { scenario } = override(chooseScenario(args), args)
    const diagnosis = await examine({ target, scenario })
    if (terminal.json) terminal.out(JSON.stringify(withAdvice(diagnosis), null, 2))
    else terminal.out(doctorText(diagnosis, ADVICE, terminal.outStyle))
    return diagnosis.usable ? 0 : complain(diagnosis, terminal)
  },
}

/** For programs: the advice in full beside the checks that ask for it. */
function withAdvice(diagnosis: Diagnosis): object {
  const names = new Set(diagnosis.checks.flatMap(({ advice }) => advice ?? []))
  return { ...diagnosis, advice: Object.fromEntries([...names].map((name) => [name, ADVICE[name]])) }
}

/** The exit code of a target that cannot be used. */
function complain({ target, checks }: Diagnosis, terminal: Terminal): number {
  const failed = checks.filter(({ status }) => status === 'failed').map(({ name }) => name)
  const error = new TargetError(`${target}: not usable: ${failed.join(', ')}`)
  terminal.alarm(`loadgen: ${error.message}`)
  return error.exitCode
}
