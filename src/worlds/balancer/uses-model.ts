/** Whether the text of a policy names a trained model, itself or wrapped in others. */
const MODEL = /\bmodel:/

export function usesModel(policy: string): boolean {
  return MODEL.test(policy)
}
