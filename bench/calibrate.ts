/**
 * Makes the table and the charts of docs/calibration.md: `npx tsx bench/calibrate.ts docs/calibration 5`, with the number
 * of replays per policy and scenario. Needs `npm run build`; takes some minutes.
 */
import { mkdirSync } from 'node:fs'
import { writeCalibration } from '../src/report/index.ts'
import { loadScenario, shippedScenarios } from '../src/scenario/index.ts'
import { calibrate, vocabulary } from '../src/study/index.ts'

const LOGGER = 'epsilon-greedy(power-of-two-choices, epsilon=0.3)'
const POLICIES = ['random', 'round-robin', 'least-outstanding', 'least-response-time', 'peak-ewma']

const [directory = 'calibration', seeds = '5', ...names] = process.argv.slice(2)
const shipped = shippedScenarios().filter(({ name }) => names.length === 0 || names.includes(name))
mkdirSync(directory, { recursive: true })
const calibration = await calibrate({
  scenarios: shipped.map(({ file }) => loadScenario(file, { vocabulary })),
  logger: LOGGER,
  policies: POLICIES,
  seeds: Number(seeds),
  jobs: 1,
  onScenario: (name) => console.error(`${new Date().toISOString().slice(11, 19)} ${name}`),
})
for (const file of await writeCalibration(directory, calibration)) console.error(file)
