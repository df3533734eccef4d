import type { ComponentChildren } from 'preact'
import type { Asked } from '../state/use-answer.js'

/** A box for what is wrong, or for what to do next. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: 'error' | 'warning' | 'info'
  readonly children: ComponentChildren
}) {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      {children}
    </div>
  )
}

interface AnsweredProps<T> {
  readonly asked: Asked<T>
  /** What is waited for: `the models`. */
  readonly what: string
  /** Height of the space that is kept for the answer, so that nothing jumps when it comes. */
  readonly space?: 'line' | 'table' | 'chart'
  readonly children: (answer: T) => ComponentChildren
}

/** What a question was answered, that it is not yet, or why it cannot be. */
export function Answered<T>({ asked, what, space = 'table', children }: AnsweredProps<T>) {
  const { answer, error, loading, again } = asked
  if (error) {
    return (
      <Notice kind="error">
        <p>
          <bdi>{error.message}</bdi>
        </p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </Notice>
    )
  }
  if (answer === undefined) {
    return (
      <p class={`waiting ${space}`} role="status">
        Loading {what} …
      </p>
    )
  }
  return <div class={loading ? 'stale' : undefined}>{children(answer)}</div>
}
