/** Getting an address to listen at, or one message that says why it cannot be had. */
import type { Server } from 'node:http'
import { TargetError } from '../../core/index.ts'

/**
 * @param host without brackets, also where it is IPv6
 * @param where names the address, and who wants it, in the message
 * @param elsewhere where another port is chosen
 * @throws TargetError if the address cannot be had
 */
export function listen(
  server: Server,
  host: string,
  port: number,
  where: string,
  elsewhere: string,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const hint =
        error.code === 'EADDRINUSE'
          ? `it is in use: end the program that has it, or choose another ${elsewhere}`
          : error.message
      reject(new TargetError(`${where} cannot listen: ${hint}`))
    })
    server.listen(port, host, resolve)
  })
}

export const BY_PORT_OPTION = 'with --port (0 lets the system choose)'
