/** Whether a condition is the verdict of an approver. */
export function isApproval({ type }: { readonly type: string }): boolean {
  return type === 'Approved' || type === 'Denied';
}
