import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, ServerError } from './server.js'

/** What is known of a question: nothing yet, the answer, or why there is none. The last answer stays while a new one comes. */
export interface Asked<T> {
  readonly answer: T | undefined
  readonly error: ServerError | undefined
  readonly loading: boolean
  /** Asks again. */
  readonly again: () => void
}

interface Options {
  /** Asked with POST when there is one. */
  readonly body?: object | undefined
  /** Milliseconds to wait for a next change before asking. @default 0 */
  readonly settle?: number
}

/** Asks a route whenever route or body change; `undefined` asks nothing. */
export function useAnswer<T>(route: string | undefined, { body, settle = 0 }: Options = {}): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, 'again'>>({ answer: undefined, error: undefined, loading: true })
  const [count, setCount] = useState(0)
  const text = body === undefined ? undefined : JSON.stringify(body)
  const isFirst = useRef(true)

  useEffect(() => {
    if (route === undefined) return
    const stop = new AbortController()
    setState((before) => ({ ...before, loading: true }))
    const start = () =>
      ask<T>(route, { signal: stop.signal, ...(text === undefined ? {} : { body: JSON.parse(text) }) }).then(
        (answer) => stop.signal.aborted || setState({ answer, error: undefined, loading: false }),
        (error: unknown) => {
          if (stop.signal.aborted) return
          const known = error instanceof ServerError ? error : new ServerError(0, String(error))
          setState({ answer: undefined, error: known, loading: false })
        },
      )
    const timer = setTimeout(start, isFirst.current ? 0 : settle)
    isFirst.current = false
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [route, text, settle, count])

  return { ...state, again: () => setCount((before) => before + 1) }
}
