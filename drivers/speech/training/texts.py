"""What the voices of the training read: real sentences, numbers, and made-up words that look like the language.

The sentences are the first article of the Universal Declaration of Human Rights (United Nations, 1948, free to use) and,
for English, more of our own. Made-up words come from a chain of letters counted in them: they have the language's letters
and syllables, so a synthesiser pronounces them with the language's sounds, and there is no end of them.
Kept out, so that unheard languages can be measured: Italian, Czech, Finnish, Russian, Hindi, Marathi, Telugu, Catalan.
"""

from collections import Counter, defaultdict
from functools import cache
from typing import Final

import numpy as np

_SEEDS: Final[dict[str, str]] = {
    "en": """All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience
        and should act towards one another in a spirit of brotherhood. Everyone has the right to life, liberty and security
        of person. The boy put five brown boots by the window. My mother makes warm apple pie for people who visit. We would
        rather choose the blue house beyond the river. Oh, papa, look how the moon shows above the village! Thirty of them
        thought the weather was rather good. She sells fresh fish and cheese at the shop on Friday. Please bring the heavy
        box back before you go. Who knew that Paul could play the oboe so well? Five vivid violets grow beneath the vine.
        I am not sure whether to laugh or to cry about it. Give me a minute, I have to think this through. Yes, that was
        amazing, thank you very much. What do you want to do now? Hello everybody and welcome back to my channel.""",
    "de": """Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und
        sollen einander im Geist der Brüderlichkeit begegnen. Jeder hat das Recht auf Leben, Freiheit und Sicherheit.""",
    "fr": """Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de
        conscience et doivent agir les uns envers les autres dans un esprit de fraternité. Tout individu a droit à la vie.""",
    "es": """Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y
        conciencia, deben comportarse fraternalmente los unos con los otros. Todo individuo tiene derecho a la vida.""",
    "pt": """Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência,
        devem agir uns para com os outros em espírito de fraternidade. Todas as pessoas têm direito à vida.""",
    "nl": """Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en
        geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.""",
    "sv": """Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete och bör
        handla gentemot varandra i en anda av broderskap.""",
    "da": """Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed, og
        de bør handle mod hverandre i en broderskabets ånd.""",
    "nb": """Alle mennesker er født frie og med samme menneskeverd og menneskerettigheter. De er utstyrt med fornuft og
        samvittighet og bør handle mot hverandre i brorskapets ånd.""",
    "is": """Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum. Menn eru gæddir vitsmunum og samvisku, og
        ber þeim að breyta bróðurlega hverjum við annan.""",
    "pl": """Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i
        sumieniem i powinni postępować wobec innych w duchu braterstwa.""",
    "sk": """Všetci ľudia sa rodia slobodní a sebe rovní, čo sa týka ich dôstojnosti a práv. Sú obdarení rozumom a majú
        navzájom jednať v bratskom duchu.""",
    "hr": """Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima. Ona su obdarena razumom i sviješću i
        trebaju jedna prema drugima postupati u duhu bratstva.""",
    "sl": """Vsi ljudje se rodijo svobodni in imajo enako dostojanstvo in enake pravice. Obdarjeni so z razumom in vestjo
        in bi morali ravnati drug z drugim kakor bratje.""",
    "uk": """Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні
        діяти у відношенні один до одного в дусі братерства.""",
    "bg": """Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест и следва да се
        отнасят помежду си в дух на братство.""",
    "ro": """Toate ființele umane se nasc libere și egale în demnitate și în drepturi. Ele sunt înzestrate cu rațiune și
        conștiință și trebuie să se comporte unele față de altele în spiritul fraternității.""",
    "hu": """Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel
        bírván, egymással szemben testvéri szellemben kell hogy viseltessenek.""",
    "et": """Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Neile on antud mõistus ja
        südametunnistus ja nende suhtumist üksteisesse peab kandma vendluse vaim.""",
    "lt": """Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė ir jie turi elgtis
        vienas kito atžvilgiu kaip broliai.""",
    "lv": """Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Viņi ir apveltīti ar saprātu un
        sirdsapziņu, un viņiem jāizturas citam pret citu brālības garā.""",
    "tr": """Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine
        karşı kardeşlik zihniyeti ile hareket etmelidirler.""",
    "el": """Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με
        λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.""",
    "sq": """Të gjithë njerëzit lindin të lirë dhe të barabartë në dinjitet dhe në të drejta. Ata kanë arsye dhe ndërgjegje
        dhe duhet të sillen ndaj njëri tjetrit me frymë vëllazërimi.""",
    "eu": """Gizon-emakume guztiak aske jaiotzen dira, duintasun eta eskubide berberak dituztela; eta ezaguera eta
        kontzientzia dutenez gero, elkarren artean senide legez jokatu beharra dute.""",
    "cy": """Genir pawb yn rhydd ac yn gydradd â'i gilydd mewn urddas a hawliau. Fe'u cynysgaeddir â rheswm a chydwybod, a
        dylai pawb ymddwyn y naill at y llall mewn ysbryd cymodlon.""",
    "ga": """Saolaítear gach duine den chine daonna saor agus comhionann i ndínit agus i gcearta. Tá bua an réasúin agus an
        choinsiasa acu agus ba cheart dóibh gníomhú i dtreo a chéile i spiorad an bhráithreachais.""",
    "eo": """Ĉiuj homoj estas denaske liberaj kaj egalaj laŭ digno kaj rajtoj. Ili posedas racion kaj konsciencon, kaj devus
        konduti unu al alia en spirito de frateco.""",
    "id": """Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. Mereka dikaruniai akal dan hati
        nurani dan hendaknya bergaul satu sama lain dalam semangat persaudaraan.""",
    "ms": """Semua manusia dilahirkan bebas dan sama rata dari segi kemuliaan dan hak-hak. Mereka mempunyai pemikiran dan
        perasaan hati dan hendaklah bertindak di antara satu sama lain dengan semangat persaudaraan.""",
    "sw": """Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri, hivyo yapasa watendeane
        kindugu.""",
    "vi": """Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con người đều được tạo hoá ban
        cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu.""",
    "ka": """ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით. მათ მინიჭებული აქვთ გონება და
        სინდისი და ერთმანეთის მიმართ უნდა იქცეოდნენ ძმობის სულისკვეთებით.""",
    "hy": """Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։ Նրանք ունեն բանականություն ու
        խիղճ և միմյանց պետք է եղբայրաբար վերաբերվեն։""",
    "fa": """تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند. همه دارای عقل و وجدان می‌باشند و باید
        نسبت به یکدیگر با روح برادری رفتار کنند.""",
    "bn": """সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে। তাঁদের বিবেক এবং বুদ্ধি আছে; সুতরাং সকলেরই
        একে অপরের প্রতি ভ্রাতৃত্বসুলভ মনোভাব নিয়ে আচরণ করা উচিত।""",
    "ta": """மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும் உரிமைகளிலும் சமமானவர்கள். அவர்கள்
        நியாயத்தையும் மனச்சாட்சியையும் இயற்பண்பாகப் பெற்றவர்கள்.""",
    "ml": """മനുഷ്യരെല്ലാവരും തുല്യാവകാശങ്ങളോടും അന്തസ്സോടും സ്വാതന്ത്ര്യത്തോടുംകൂടി ജനിച്ചിട്ടുള്ളവരാണ്. അന്യോന്യം ഭ്രാതൃഭാവത്തോടെ
        പെരുമാറുവാനാണ് മനുഷ്യന് വിവേകബുദ്ധിയും മനസാക്ഷിയും സിദ്ധമായിരിക്കുന്നത്.""",
    "cmn-latn-pinyin": """ren2 ren2 sheng1 er2 zi4you2, zai4 zun1yan2 he2 quan2li4 shang4 yi1lv4 ping2deng3. ta1men5 fu4you3
        li3xing4 he2 liang2xin1, bing4 ying1 yi3 xiong1di4 guan1xi5 de5 jing1shen2 xiang1 dui4dai4. wo3men5 jin1tian1 qu4
        gong1yuan2 kan4 hua1, ma1ma5 he2 ba4ba5 dou1 hen3 gao1xing4.""",
    "ja": """すべての にんげんは、うまれながらにして じゆうで あり、かつ、そんげんと けんりとに ついて びょうどうで ある。にんげんは、
        りせいと りょうしんとを さずけられて おり、たがいに どうほうの せいしんを もって こうどう しなければ ならない。""",
    "ko": """모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로
        형제애의 정신으로 행동하여야 한다.""",
}

LANGUAGES: Final = tuple(_SEEDS)
_ENDINGS: Final = (".", ".", ".", "?", "!")


def line(language: str, rng: np.random.Generator, /) -> str:
    """Something to say in one of `LANGUAGES`."""
    return line_of(_SEEDS[language], rng)


def line_of(seed: str, rng: np.random.Generator, /) -> str:
    """A real sentence of the text `seed` now and then, else words made up after it with a number among them."""
    if rng.random() < 0.15:
        return str(rng.choice(_sentences(seed)))
    words = [_word(seed, rng) for _ in range(rng.integers(4, 11))]
    if rng.random() < 0.3:
        words.insert(int(rng.integers(len(words))), str(rng.integers(10 ** rng.integers(1, 5))))
    if rng.random() < 0.4:
        words[int(rng.integers(len(words)))] += ","
    return " ".join(words) + str(rng.choice(_ENDINGS))


@cache
def _sentences(seed: str) -> tuple[str, ...]:
    text = " ".join(seed.split())
    for mark in ".!?。।։":
        text = text.replace(mark, mark + "\n")
    return tuple(part.strip() for part in text.splitlines() if len(part.strip()) > 3)


def _word(seed: str, rng: np.random.Generator) -> str:
    chain = _chain(seed)
    for _ in range(20):
        word = "  "
        while len(word) < 14:
            letters, shares = chain[word[-2:]]
            letter = str(rng.choice(letters, p=shares))
            if letter == " ":
                break
            word += letter
        if len(word) > 3:
            return word.strip()
    return str(rng.choice(seed.split()))


@cache
def _chain(seed: str) -> dict[str, tuple[list[str], list[float]]]:
    """Which letters follow two letters, and how often; a space begins and ends a word."""
    followers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in seed.lower().split():
        word = word.strip(".,;!?。，।։'’")
        for index, letter in enumerate(word + " "):
            followers[("  " + word)[index : index + 2]][letter] += 1
    return {
        pair: (list(counts), [count / counts.total() for count in counts.values()])
        for pair, counts in followers.items()
    }
