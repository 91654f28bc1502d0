"""Passwords that everybody tries first: folded, letters and digits only.

`LEAKED` are the 20,000 that are most common in leaks, of any length: a password that is one of them with
digits and signs around it is as easily guessed. The file is the one of Django 5.2.19 (`django.contrib.auth`,
BSD licence; the list is Royce Williams'), unchanged; its digest is looked at when it is read.

`COMMON` are longer ones, with and without the digits around them. Collected by hand from what lists of leaked
passwords have in common: words and walks over the keyboard padded to twelve characters and more, years and
seasons, football, the word for password in several languages, and what clinics choose. A small list catches
the head of the distribution, where guessing over many accounts begins.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

_WORDS = """
000000000000 111111111111 112233445566 121212121212 123123123123 123456654321 123456789012 1234567890123
123456789abc 123456qwerty 123qweasdzxc 147258369147 159753159753 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc
1qaz2wsx3edc4rfv 987654321098 aaaaaaaaaaaa abc123abc123 abcd12345678 abcdef123456 abcdefghijkl admin1234567
adminadmin123 administrator administrator1 asdfasdfasdf asdfghjkl123 ashley123456 autumn2025autumn
azertyuiop12 azertyuiop123 barcelona123 baseball1234 basketball12 basketball123 batman123456 bonjour12345
borussiadortmund butterfly123 caregiver123 changeme1234 changemeplease changethis123 charlie12345
chelseafc123 chocolate123 clinic123456 clinician123 computer1234 contrasena123 contrasena1234
correcthorsebatterystaple december1234 default12345 defaultpassword doctor123456 dontforget12 dragon123456
dragondragon february1234 football1234 footballfootball friday123456 geheimgeheim godisgood123 goodmorning1
goodmorning12 guest1234567 guestguest12 hallo1234567 hallohallo12 happybirthday happybirthday1 harrypotter1
harrypotter12 haslo1234567 healthcare12 healthcare123 hello1234567 hellohello12 helloworld12 helloworld123
hospital1234 hospital2025 hospital2026 hunter123456 ichliebedich ichliebedich1 idontknow123 ilovemyfamily
ilovemymother ilovemywife1 iloveyou1234 iloveyou12345 iloveyou2025 iloveyou2026 iloveyoubaby iloveyouforever
iloveyousomuch internet1234 january12345 jennifer1234 jessica12345 jesuschrist1 jetaimejetaime jordan232323
killer123456 letmein12345 letmeinplease liverpoolfc1 login1234567 loginlogin12 manchesterunited master123456
mastermaster medical12345 medicine1234 merrychristmas merrychristmas1 michael12345 monday123456 monkey123456
monkeymonkey motdepasse12 motdepasse123 mypassword123 mypassword1234 neurology123 noonewillguess
nothing12345 november1234 nurse1234567 october12345 opensesame12 opensesame123 openthedoor12 parola123456
passw0rd1234 password1234 password12345 password123456 password2024 password2025 password2026
passwordpassword passwort1234 passwort12345 patient12345 patient123456 pokemon12345 princess1234
princessprincess q1w2e3r4t5y6 qazwsxedc123 qazwsxedcrfv qwerty123456 qwerty1234567 qwertyqwerty qwertyuiop12
qwertyuiop123 qwertyuiopasdf realmadrid12 rootrootroot schalke04schalke secret123456 secretsecret
senha1234567 senhasenha12 september123 shadow123456 slope1234567 slopeslope12 slopeslopeslope sommer202512
spiderman123 spring2025spring starwars1234 summer202412 summer2025summer sunshine1234 sunshinesunshine
superman1234 superuser1234 supervisor123 teamoteamo12 temporary123 temporarypassword temppassword
tequieromucho test12345678 testing12345 testpassword testtesttest thankyoujesus thisisapassword
thisismypassword thisispassword topsecret123 trustno11234 trustnoone12 wachtwoord12 wachtwoord123
welcome12345 welcome123456 welcometothejungle whatever1234 winter202512 winter2025winter zaq12wsxcde3
zxcvbnm12345 zxcvbnmzxcvbnm
"""
_SHORTEST_OF_OURS = 6
COMMON = frozenset(
    word
    for text in _WORDS.split()
    for word in (text, text.strip("0123456789"))
    if len(word) >= _SHORTEST_OF_OURS
)
DIGEST = "3c1baed62596de36860824eb3f436d5932d37ca8b06e59df78f5a44ec175afe4"
_FILE = Path(__file__).with_name("common_passwords.txt.gz")
_SHORTEST = 4
"""What is shorter says nothing about what is built around it."""


def _leaked() -> frozenset[str]:
    content = _FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise ValueError(f"{_FILE.name} is not the list that was chosen")
    words = (re.sub(r"[\W_]", "", line.casefold()) for line in gzip.decompress(content).decode().split())
    return frozenset(word for word in words if len(word) >= _SHORTEST)


LEAKED = _leaked()
