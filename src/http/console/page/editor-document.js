// The text of a post-mortem while somebody writes it: what was loaded, what was typed, and what can be done with both.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { forget, keep, kept } from './editor-unsaved.js'
import { ask, post, send } from './server.js'

export const number = Number(location.pathname.split('/')[2])
export const address = `/api/v1/incidents/${number}/postmortem`

function storedActor(people) {
  try {
    const stored = JSON.parse(localStorage.getItem('tocsin.as'))
    return people.some(({ key }) => key === stored) ? stored : null
  } catch {
    return null
  }
}

/** What was typed here and never saved is brought back, upon the version it was typed upon. */
function startOf(loaded) {
  const unsaved = kept(number)
  if (unsaved === null || unsaved.text === loaded.markdown)
    return { text: loaded.markdown, seen: loaded.version, broughtBack: null }
  return { text: unsaved.text, seen: unsaved.seen, broughtBack: unsaved.at }
}

/** `doc`: as it was last read or saved. `seen`: the version the text was typed upon. */
export function useDocument(loaded, people) {
  const [doc, setDoc] = useState(loaded)
  const [start] = useState(() => startOf(loaded))
  const [text, setText] = useState(start.text)
  const [seen, setSeen] = useState(start.seen)
  const [conflict, setConflict] = useState(null)
  const [note, setNote] = useState(
    start.broughtBack && { tone: 'warning', text: 'Text that was never saved was brought back.', undo: true },
  )
  const isDirty = text !== doc.markdown
  // Before it is seen: the window may be closed with the last key.
  useLayoutEffect(() => {
    if (isDirty) keep(number, { text, seen })
    else forget(number)
    const ask = (event) => isDirty && event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [text, seen, isDirty])
  const take = (next) => {
    setDoc(next)
    setSeen(next.version)
    setText(next.markdown)
    setConflict(null)
  }
  const takeMerged = () => {
    setText(conflict.merged)
    setSeen(conflict.version)
    setConflict(null)
    setNote({ tone: 'info', text: 'Both texts are in the editor. Look at it, then save.' })
  }
  const acting = useActing(people, setNote, setConflict)
  const given = { doc, setDoc, text, seen, setSeen, isDirty, take, setNote, ...acting }
  return { ...given, setText, note, conflict, setConflict, takeMerged, ...deeds(given) }
}

/** Who acts, and how what they do is done: what goes wrong is said, and the text stays. */
function useActing(people, setNote, setConflict) {
  const [as, setAs] = useState(() => storedActor(people))
  const [busy, setBusy] = useState(false)
  const saving = useRef(false)
  /** One at a time: what is saved twice at once is a clash with oneself. */
  const actAlone = async (work) => {
    if (saving.current) return
    saving.current = true
    await act(work)
    saving.current = false
  }
  const act = async (work) => {
    if (as === null) {
      document.querySelector('.editor-actor select')?.focus()
      return setNote({ tone: 'warning', text: 'Choose whom you act as first: what you write is kept in that name.' })
    }
    setBusy(true)
    try {
      await work()
    } catch (error) {
      if (error.body?.merged !== undefined) {
        setConflict(error.body)
        setNote(null)
      } else setNote({ tone: 'warning', text: error.message, missing: error.body?.missing })
    }
    setBusy(false)
  }
  return { as, setAs, busy, act, actAlone }
}

function deeds({ doc, setDoc, text, seen, setSeen, isDirty, take, setNote, as, actAlone }) {
  const put = () => send('PUT', address, { markdown: text, version: seen, by: as })
  return {
    save: () =>
      actAlone(async () => {
        const next = await put()
        // What was typed while it was on its way is not saved yet, and stays.
        setDoc(next)
        setSeen(next.version)
        setNote({ tone: 'good', text: `Saved as version ${next.version}.` })
      }),
    publish: (anyway) =>
      actAlone(async () => {
        if (isDirty) {
          const next = await put()
          setDoc(next)
          setSeen(next.version)
        }
        take(await post(`${address}/publish`, { by: as, anyway }))
        setNote({ tone: 'good', text: 'Published.' })
      }),
    restore: (version) =>
      actAlone(async () => {
        take(await post(`${address}/restore`, { restore: version, version: seen, by: as }))
        setNote({ tone: 'good', text: `Version ${version} is the latest again.` })
      }),
    /** After something on the record changed: the draft is written again, and taken over unless somebody is typing. */
    refresh: async () => {
      const next = await ask(`${address}/draft`, {})
      if (!isDirty) take(next)
      else setDoc({ ...doc, missing: next.missing })
    },
  }
}
