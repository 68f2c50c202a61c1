/** `loadgen validate`: is a scenario file sound, and what would it do? */
import { UsageError } from '../../core/index.ts'
import { planText } from '../../report/index.ts'
import { scenarioHash, servicesMissing } from '../../scenario/index.ts'
import { chooseScenario } from '../choose-scenario.ts'
import { type Command, outputOptions, scenarioOptions } from '../command.ts'
import { planFacts } from '../plan-facts.ts'

export const validate: Command<{ config?: string; scenario?: string }> = {
  examples: [
    ['loadgen validate --config my.yaml', 'all problems of the file at once, or its plan'],
    ['loadgen validate --scenario comprehensive --json', 'the resolved scenario'],
  ],
  options: { ...scenarioOptions, ...outputOptions },
  async run(args, terminal) {
    if (args.config === undefined && args.scenario === undefined) {
      throw new UsageError('validate needs to know what to check: add --config FILE or --scenario NAME')
    }
    const { scenario, warnings: told } = chooseScenario(args)
    const missing = scenario.world === 'virtual' ? servicesMissing(scenario) : undefined
    const warnings = missing === undefined ? told : [...told, missing]
    for (const warning of warnings) terminal.note(terminal.noteStyle.warn(`warning: ${warning}`))
    if (terminal.json) {
      terminal.out(JSON.stringify({ hash: scenarioHash(scenario), warnings, scenario }, null, 2))
      return 0
    }
    const facts = planFacts(scenario, 'embedded', 'nothing')
    terminal.out(planText(scenario, facts, terminal.outStyle))
    return 0
  },
}
