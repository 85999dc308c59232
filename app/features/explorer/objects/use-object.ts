import { computed, ref, shallowRef } from 'vue';
import { useExplorer } from '../../../stores/explorer.ts';
import type { ObjectPlace } from '../../../stores/explorer.ts';
import { objectPath } from '../api/discovery.ts';
import { fromText, onTopOf, toText } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { readProblem } from './status.ts';
import type { Problem } from './status.ts';

const MANAGER = 'fieldManager=leme-explorer&fieldValidation=Strict';

/** One object as it is on the server and as somebody edits it. Nothing is sent that was not asked for. */
export function useObject(place: ObjectPlace) {
  const explorer = useExplorer();
  const path = objectPath(place.kind, place.namespace, place.name);
  /** As the server last told. */
  const current = shallowRef<Manifest>();
  const showManaged = ref(false);
  const showSecrets = ref(false);
  /** Undefined: nobody edits. */
  const draft = ref<string>();
  /** What `draft` began as. */
  const base = ref('');
  const busy = ref(false);
  const gone = ref(false);
  const problem = shallowRef<Problem>();
  const warnings = ref<readonly string[]>([]);
  /** What would be stored, as text before and after. */
  const preview = shallowRef<{ readonly before: string; readonly after: string }>();
  /** Somebody else wrote in the meantime. */
  const stale = ref(false);

  const text = computed(() =>
    current.value === undefined
      ? ''
      : toText(current.value, { managedFields: showManaged.value, secrets: showSecrets.value }),
  );
  const hasSecrets = computed(() => current.value?.kind === 'Secret');
  const dirty = computed(() => draft.value !== undefined && draft.value !== base.value);

  async function ask(
    method: 'GET' | 'PUT' | 'DELETE',
    query: string,
    body?: Manifest,
  ): Promise<Manifest | undefined> {
    busy.value = true;
    problem.value = undefined;
    warnings.value = [];
    try {
      const answer = await explorer.call({
        method,
        target: query === '' ? path : `${path}?${query}`,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      warnings.value = answer.warnings;
      if (answer.status < 300) return JSON.parse(answer.body) as Manifest;
      problem.value = readProblem(answer.status, answer.body);
    } catch (error) {
      problem.value = {
        code: 0,
        reason: (error as { code?: string }).code ?? '',
        message: error instanceof Error ? error.message : String(error),
        causes: [],
      };
    } finally {
      busy.value = false;
    }
    return undefined;
  }

  async function load(): Promise<void> {
    const found = await ask('GET', '');
    if (found !== undefined) {
      current.value = found;
      gone.value = false;
      stale.value = false;
    } else if (problem.value?.code === 404) gone.value = true;
  }

  /** The list has news of it: read again, unless somebody is editing. */
  function noticed(resourceVersion: string | undefined): void {
    if (current.value === undefined || busy.value) return;
    if (resourceVersion === undefined) gone.value = true;
    else if (resourceVersion !== current.value.metadata?.resourceVersion) {
      if (draft.value === undefined) void load();
      else stale.value = true;
    }
  }

  function edit(): void {
    base.value = text.value;
    draft.value = text.value;
    preview.value = undefined;
  }

  function cancel(): void {
    draft.value = undefined;
    preview.value = undefined;
    problem.value = undefined;
    if (stale.value) void load();
  }

  /** Nothing when the text is no manifest: the editor marks why. */
  async function put(dryRun: boolean): Promise<boolean> {
    const manifest = fromText(draft.value ?? '');
    if (manifest === undefined) return false;
    const before = current.value;
    const result = await ask('PUT', `${MANAGER}${dryRun ? '&dryRun=All' : ''}`, manifest);
    if (result === undefined) {
      if (isConflict()) stale.value = true;
      return false;
    }
    if (dryRun) {
      const options = { managedFields: false, secrets: showSecrets.value };
      preview.value = {
        before: before === undefined ? '' : toText(before, options),
        after: toText(result, options),
      };
      return true;
    }
    current.value = result;
    stale.value = false;
    draft.value = undefined;
    preview.value = undefined;
    return true;
  }

  function isConflict(): boolean {
    return problem.value?.code === 409;
  }

  /** Reads the newest, and puts what was written on top of it. What differs is shown, not sent. */
  async function rebase(): Promise<void> {
    const kept = draft.value;
    const found = await ask('GET', '');
    if (found === undefined || kept === undefined) return;
    current.value = found;
    stale.value = false;
    draft.value = onTopOf(kept, found.metadata?.resourceVersion ?? '');
    preview.value = { before: text.value, after: draft.value };
  }

  /** Throws the draft away and begins anew from the newest. */
  async function takeTheirs(): Promise<void> {
    const found = await ask('GET', '');
    if (found === undefined) return;
    current.value = found;
    stale.value = false;
    edit();
  }

  async function remove(): Promise<boolean> {
    const uid = current.value?.metadata?.uid;
    const result = await ask('DELETE', '', {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      // What is deleted is what is shown, not another one of the same name.
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    });
    return result !== undefined;
  }

  return {
    current,
    text,
    draft,
    dirty,
    busy,
    gone,
    stale,
    problem,
    warnings,
    preview,
    showManaged,
    showSecrets,
    hasSecrets,
    load,
    noticed,
    edit,
    cancel,
    put,
    rebase,
    takeTheirs,
    remove,
  };
}
