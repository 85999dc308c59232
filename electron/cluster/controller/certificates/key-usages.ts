/** Bits of KeyUsage, the first being 0x80. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0x80,
  'digital signature': 0x80,
  'content commitment': 0x40,
  'key encipherment': 0x20,
  'data encipherment': 0x10,
  'key agreement': 0x08,
  'cert sign': 0x04,
  'crl sign': 0x02,
  'encipher only': 0x01,
};

const EXT_KEY_USAGES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
};

/** Usages in a certificate's terms. Models keyUsagesFromStrings of pkg/controller/certificates (v1.34). */
export function keyUsages(usages: readonly string[]) {
  const extended = usages.flatMap((usage) => EXT_KEY_USAGES[usage] ?? []).sort();
  return {
    keyUsage: usages.reduce((all, usage) => all | (KEY_USAGES[usage] ?? 0), 0),
    extKeyUsages: [...new Set(extended)],
  };
}
