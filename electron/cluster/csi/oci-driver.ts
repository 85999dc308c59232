/** Name of OCI's Block Volume driver. */
export const OCI_DRIVER = 'blockvolume.csi.oraclecloud.com';
/** Who publishes a volume tells the node under which device it will find it. */
export const PUBLISHED_DEVICE = 'device';
/** As whom its controller speaks with the API server, and with what. */
export const OCI_CONTROLLER_CONFIG = '/etc/kubernetes/csi-oci-controller.conf';
export const OCI_CONTROLLER_USER = 'csi-oci-controller';
