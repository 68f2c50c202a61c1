import { afterEach, describe, expect, it, vi } from 'vitest'
import { catchInterrupt, type Interrupt } from '../../src/cli/interrupt.ts'

let interrupt: Interrupt | undefined
afterEach(() => {
  interrupt?.release()
  vi.restoreAllMocks()
})

describe('catchInterrupt', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('aborts on the first %s and says so once', (signal) => {
    const onFirst = vi.fn()
    interrupt = catchInterrupt(onFirst)
    expect(interrupt.signal.aborted).toBe(false)
    process.emit(signal)
    expect(interrupt.signal.aborted).toBe(true)
    expect(onFirst).toHaveBeenCalledTimes(1)
  })

  it('exits with 130 on the second, whichever of the two it is', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`)
    })
    interrupt = catchInterrupt(() => {})
    process.emit('SIGINT')
    expect(exit).not.toHaveBeenCalled()
    expect(() => process.emit('SIGTERM')).toThrow('exit 130')
  })

  it('leaves the signals to others when it is released', () => {
    const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]
    interrupt = catchInterrupt(() => {})
    expect(process.listenerCount('SIGINT')).toBe(before[0]! + 1)
    interrupt.release()
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before)
  })
})
