const names = [
  'OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists', 'PermissionDenied',
  'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented', 'Internal', 'Unavailable', 'DataLoss',
  'Unauthenticated',
]; // prettier-ignore

/** A gRPC status as Go prints it: `rpc error: code = NotFound desc = …`. */
export function statusText(code: number, details: string): string {
  return `rpc error: code = ${names[code] ?? `Code(${code})`} desc = ${details}`;
}
