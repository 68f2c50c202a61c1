import { describe, expect, it } from 'vitest'
import { call, type Process, pause, type Reply, type Request } from '../../../src/core/index.ts'
import { driveProcess, type StepActions } from '../../../src/worlds/live/drive-process.ts'

const request: Request = { method: 'GET', service: 'cart-service', path: '/' }

function* sum(name: string, calls: number): Process<string> {
  let statuses = ''
  for (let i = 0; i < calls; i++) statuses += (yield* call(`${name}${i}`, request)).status
  return statuses
}

/** Notes what is asked of it; answers when it is told to. */
class Stage implements StepActions {
  readonly asked: string[] = []
  readonly waiting: ((reply: Reply) => void)[] = []

  call: StepActions['call'] = (step, resume) => {
    this.asked.push(step.name)
    this.waiting.push(resume)
  }

  pause: StepActions['pause'] = (ms, resume) => {
    this.asked.push(`pause ${ms}`)
    this.waiting.push(() => resume())
  }

  spawn: StepActions['spawn'] = (process) => {
    this.asked.push('spawn')
    driveProcess(process, this, () => this.asked.push('side end'))
  }

  answer(status: number): void {
    this.waiting.shift()!({ status })
  }
}

describe('driveProcess', () => {
  it('hands every reply to the step that asked for it, and the result to `done`', () => {
    const stage = new Stage()
    const results: string[] = []
    driveProcess(sum('a', 2), stage, (result) => results.push(result))
    stage.answer(200)
    expect(results).toEqual([])
    stage.answer(404)
    expect(results).toEqual(['200404'])
    expect(stage.asked).toEqual(['a0', 'a1'])
  })

  it('is done at once with a process that asks for nothing', () => {
    const results: string[] = []
    driveProcess(sum('a', 0), new Stage(), (result) => results.push(result))
    expect(results).toEqual([''])
  })

  it('resumes a pause with nothing', () => {
    const stage = new Stage()
    let resumedWith: unknown = 'not resumed'
    function* process(): Process<void> {
      resumedWith = yield { kind: 'pause', ms: 30 }
      yield* pause(40)
    }
    driveProcess(process(), stage, () => stage.asked.push('end'))
    stage.answer(200)
    expect(resumedWith).toBeUndefined()
    stage.answer(200)
    expect(stage.asked).toEqual(['pause 30', 'pause 40', 'end'])
  })

  it('goes on beside what it has spawned', () => {
    const stage = new Stage()
    function* side(): Process<void> {
      yield* call('side', request)
    }
    function* main(): Process<void> {
      yield { kind: 'spawn', process: side() }
      yield* call('main', request)
    }
    driveProcess(main(), stage, () => stage.asked.push('main end'))
    expect(stage.asked).toEqual(['spawn', 'side', 'main'])
    stage.waiting[1]!({ status: 200 })
    stage.waiting[0]!({ status: 200 })
    expect(stage.asked.slice(3)).toEqual(['main end', 'side end'])
  })

  it('goes on at once where the answer comes at once', () => {
    const stage = new Stage()
    stage.call = (_, resume) => resume({ status: 1 })
    const results: string[] = []
    driveProcess(sum('a', 5), stage, (result) => results.push(result))
    expect(results).toEqual(['11111'])
  })
})
