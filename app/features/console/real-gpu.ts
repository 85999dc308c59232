let known: boolean | undefined;

/** Whether WebGL runs on hardware. In software (SwiftShader, llvmpipe) the DOM renderer is several times faster. */
export function hasRealGpu(): boolean {
  known ??= probe();
  return known;
}

function probe(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  if (context === null) return false;
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = info === null ? '' : context.getParameter(info.UNMASKED_RENDERER_WEBGL);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' && name !== '' && !/swiftshader|llvmpipe|software|basic render/i.test(name);
}
