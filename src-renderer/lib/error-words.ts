import { type ErrorCode, errorSentences } from '../../src-preload/contract/index.ts'

/**
 * The core writes a code's sentence with its particulars in brackets behind it. People read the sentence; the particulars, such as what a
 * server answered, stand with the code.
 */
export function splitMessage(
  code: ErrorCode,
  message: string,
): { readonly sentence: string; readonly codeLine: string } {
  const general = errorSentences[code]
  if (!message.startsWith(`${general} (`) || !message.endsWith(')'))
    return { sentence: message, codeLine: code }
  return { sentence: general, codeLine: `${code} · ${message.slice(general.length + 2, -1)}` }
}
