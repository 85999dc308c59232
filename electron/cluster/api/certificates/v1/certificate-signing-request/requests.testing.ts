import { encodeBase64 } from '../../../../apimachinery/base64.ts';
import type { CertificateSigningRequest } from '../../../types.ts';

// Made with openssl for these tests: requests of jane in developers and of boss in system:masters, and an authority.

export const JANE_PEM = `-----BEGIN CERTIFICATE REQUEST-----
MIHfMIGGAgEAMCQxDTALBgNVBAMMBGphbmUxEzARBgNVBAoMCmRldmVsb3BlcnMw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARYIc0zHwBIttlqtYsvwvqCSFHNyuw6
tTCGOyV1NAu5xyGgY+BLYgZrQgLipW+CtFGXE1VdsPd3SbpxEO0HJHZVoAAwCgYI
KoZIzj0EAwIDSAAwRQIhAL77tf01ecvZdfsK38uC56Q1jjRBsc1EVmWFiii5JmMJ
AiAZuuGYliD+5J6W0HF5gGBaN0FTvmecNbq5T2rIUPGwvA==
-----END CERTIFICATE REQUEST-----
`;

export const BOSS_PEM = `-----BEGIN CERTIFICATE REQUEST-----
MIHkMIGKAgEAMCgxDTALBgNVBAMMBGJvc3MxFzAVBgNVBAoMDnN5c3RlbTptYXN0
ZXJzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWCHNMx8ASLbZarWLL8L6gkhR
zcrsOrUwhjsldTQLucchoGPgS2IGa0IC4qVvgrRRlxNVXbD3d0m6cRDtByR2VaAA
MAoGCCqGSM49BAMCA0kAMEYCIQD1TyCJoSc4M0+lNp/BhzCaVJye6kW8AmfRmeUC
PAq4GAIhAIdLJuJrPBfzGP/ORzskF40xbSnikWOw6t5asM2SsENF
-----END CERTIFICATE REQUEST-----
`;

export const TEST_CA_PEM = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIURolMxmLwB/mdqu2Cua35UolaJ0UwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjcxMDQ1MTVaGA8yMTI2MTEw
MzEwNDUxNVowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABFghzTMfAEi22Wq1iy/C+oJIUc3K7Dq1MIY7JXU0C7nHIaBj4Eti
BmtCAuKlb4K0UZcTVV2w93dJunEQ7QckdlWjUzBRMB0GA1UdDgQWBBSIYUtfrSQ7
6akbrm2JSIk0wu6tcDAfBgNVHSMEGDAWgBSIYUtfrSQ76akbrm2JSIk0wu6tcDAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIHqa152Lf3/pdoYHZjbz
mZkkfxvZ86MffngHoQTSdpebAiEA9715ekpGIYm4MkmK1fv4vTSaNwd+4miC/wQ+
fQ/nJ1g=
-----END CERTIFICATE-----
`;

export const TEST_CA_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg082cxFggiV+ILqsj
RMCcRls94FUjK3e+yoMvMF9JoW+hRANCAARYIc0zHwBIttlqtYsvwvqCSFHNyuw6
tTCGOyV1NAu5xyGgY+BLYgZrQgLipW+CtFGXE1VdsPd3SbpxEO0HJHZV
-----END PRIVATE KEY-----
`;

export function signingRequest(
  name: string,
  spec: Partial<CertificateSigningRequest['spec']> = {},
): CertificateSigningRequest {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: encodeBase64(JANE_PEM),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      ...spec,
    },
  };
}
