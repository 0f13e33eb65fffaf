/** The topic of hints about which servers an organization has made of a service; the key is `<organization> <service>`. */
export const serviceTopic = (key: string): string => `service:${key.replace(' ', ':')}`;
