// Words that stand in names and addresses and are nobody's: titles, pronouns, particles, functions. Never taken out by themselves.

const words = `
the and for from via with not
mr mrs ms mx miss dr prof phd msc bsc mba herr frau dhr mevr mme mlle sr sra srta sig dott ing dipl mag
she her hers him his they them their theirs sie ihr ihre elle elles lui eux ella ellos iel hen hun zij
van von vom zum zur der den des die das del della delle delli dei los las les dos das bin ibn und
team group support help info mail email post contact kontakt contacto contatto office admin root web webmaster postmaster
hello hallo hola ciao salut news newsletter noreply reply service services sales press team people home work private privat
account accounts user users test member members mailbox inbox mobile iphone phone
com org net edu gov dev www http https
`;

export const stopWords: ReadonlySet<string> = new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Providers whose domain says nothing about who writes. Any other domain of an address known is taken out with the address. */
export const mailProviders: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com aol.com
  gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de posteo.de posteo.net mailbox.org proton.me protonmail.com pm.me
  tutanota.com tuta.io fastmail.com zoho.com yandex.ru yandex.com mail.ru qq.com 163.com 126.com naver.com daum.net
  orange.fr free.fr laposte.net wanadoo.fr sfr.fr libero.it tiscali.it wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz
  ziggo.nl kpnmail.nl xs4all.nl telenet.be uol.com.br bol.com.br terra.com.br sapo.pt riseup.net disroot.org matrix.org`.split(/\s+/),
);
