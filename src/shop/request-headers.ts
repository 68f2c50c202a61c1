/** The headers that endpoints read, apart from the bearer token: those of the predecessor's user and cart services. */

/** Whose account `GET /api/users/me` is about. */
export const USER_EMAIL = 'x-user-email'
/** The browser session that a cart was begun in. */
export const SESSION_ID = 'x-session-id'

const READ = [USER_EMAIL, SESSION_ID]

/** What of all headers of a request belongs into it; nothing if it has none of them. */
export function headersRead(all: Readonly<Record<string, string | readonly string[] | undefined>>): {
  readonly headers?: Readonly<Record<string, string>>
} {
  let headers: Record<string, string> | undefined
  for (const name of READ) {
    const value = all[name]
    if (typeof value === 'string') (headers ??= {})[name] = value
  }
  return headers === undefined ? {} : { headers }
}
