import { RSA_KEYS } from '../../../base/jose/rsa-keys.testing.ts';
import { alternativeNames, subjectName } from '../../../base/x509/names.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import { issueAuthority } from '../pki/issue.ts';

let made: ClusterPki | undefined;

/** What a cluster of a test is installed with, always the same. */
export function testPki(): ClusterPki {
  made ??= {
    ca: issueAuthority(
      { subject: subjectName('kubernetes', []), altNames: alternativeNames(['kubernetes'], []) },
      Date.UTC(2026, 0, 1),
      'test',
    ),
    serviceAccount: RSA_KEYS.first,
  };
  return made;
}
