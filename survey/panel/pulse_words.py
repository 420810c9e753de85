"""What a pulse says of itself, in each language."""

DECIDED_BY = "The youth engagement team"
SETTLED = "That we ask the same three questions every quarter."

TITLES = {
    "en": "Panel pulse, quarter {number} of {year}",
    "ar": "أسئلة مجموعتنا، الربع {number} من عام {year}",
    "bn": "আমাদের প্যানেলের প্রশ্ন, {year} সালের {number} নম্বর তিন মাস",
    "en-x-easy": "Questions for our panel, part {number} of {year}",
}
ENGLISH = {
    "summary": "We ask the people in our panel the same three questions every three months.",
    "decides": "The people who plan how to keep young people safe read it, and look at what they do again.",
    "outcome": "We show what our panel said beside what it said before.",
}
TRANSLATIONS = {
    "ar": {
        "summary": "نطرح على أفراد مجموعتنا الأسئلة الثلاثة نفسها كل ثلاثة أشهر.",
        "decides": "يقرأ ذلك من يخططون لسلامة الشباب، ويعيدون النظر في ما يفعلونه.",
        "outcome": "نعرض ما قالته مجموعتنا إلى جانب ما قالته من قبل.",
    },
    "bn": {
        "summary": "আমাদের প্যানেলের সবাইকে আমরা প্রতি তিন মাসে একই তিনটি প্রশ্ন করি।",
        "decides": "যাঁরা তরুণদের নিরাপদ রাখার পরিকল্পনা করেন, তাঁরা এটি পড়েন এবং নিজেদের কাজ আবার দেখেন।",
        "outcome": "আমাদের প্যানেল এখন কী বলেছে আর আগে কী বলেছিল, তা আমরা পাশাপাশি দেখাই।",
    },
    "en-x-easy": {
        "summary": "Every three months we ask the people in our panel the same three questions.",
        "decides": "Some people plan how to keep young people safe. They read it and look at their plans again.",
        "outcome": "We show what our panel said now. We also show what it said before.",
    },
}
