interface PagerProps {
  readonly total: number
  readonly offset: number
  readonly limit: number
  /** What is counted: `models`. */
  readonly what: string
  readonly onOffset: (offset: number) => void
}

/** Which part of a list is shown, and the way to the others. */
export function Pager({ total, offset, limit, what, onOffset }: PagerProps) {
  const last = Math.min(total, offset + limit)
  const shown =
    total === 0
      ? `No ${what}`
      : `${(offset + 1).toLocaleString('en')}–${last.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <span role="status">{shown}</span>
      {total > limit && (
        <>
          <button type="button" disabled={offset === 0} onClick={() => onOffset(Math.max(0, offset - limit))}>
            ← Previous
          </button>
          <button type="button" disabled={last >= total} onClick={() => onOffset(offset + limit)}>
            Next →
          </button>
        </>
      )}
    </nav>
  )
}
