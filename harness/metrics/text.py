"""Folding of text: one spelling for what reads the same, before anything is parsed or counted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Characters that NFKC leaves apart although they are typed for one another, and ring or bracket
# numerals, which it would glue to their neighbours ("①K420" must not become "1K420").
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_TILDES = dict.fromkeys(map(ord, "〜∼∽～"), "~")
_COLONS = dict.fromkeys(map(ord, "∶꞉︓"), ":")
_NUMERALS = {
    code: f"({unicodedata.numeric(chr(code)):g})"
    for first, last in ((0x2460, 0x2473), (0x2474, 0x249B), (0x2776, 0x2793))
    for code in range(first, last + 1)
}
_FRACTIONS = {ord("½"): ".5", ord("¼"): ".25", ord("¾"): ".75"}
_BEFORE_NFKC = {**_DASHES, **_TILDES, **_COLONS, **_NUMERALS, **_FRACTIONS}

_TRADITIONAL = (
    "響學數兩氣臨運辦續諒課語業員國書畫長頁題歷曆體動藝術醫藥護師傳統級練習讀寫講話聽試評論議設許證識買賣貨費價錢銷購貿資賬貸質贊贈賽貝負財責賢敗頭顧預"
    "領頻顏願類風飛飯飲館驗驚騎驛魚鮮鳥麗麥黨點齊齡電腦網綠紅紙細組終結給絡絕維編緣總縣織繼純納紐紀約紋紹絲線緊緩縮羅聯聖聞聲職聰臉膽膠華萬葉蘇藍薦蕭"
    "蟲補製複規視親覺觀觸訂計訊討訓託記訪詞詢該詳誠誤說調談請諸謝謹譯變豐貓跡車軌軍軟較載輕輛輪輸轉農連進遊達違遠適遲遷選遺還郵鄉鄰鄧鋼錄錯鎖鏡鐘鐵門"
    "閃開間關閱隊階際陳陽隨險隱難雜離雙雞雲靈靜韓頂項順須頓個們倉傷備僅優億償兒內冊剛創劃劇劉勞務勝區協單廠參問啟嗎嚴團園圍圖圓場塊壞壓壯夢夠奪奮婦孫"
    "寧實寬審將專尋對導層島帳帶幣幫幾庫廣張強彈復從愛態憶應懷戰戲戶擁擇據擔擊擴攝敵斷於時晉暫會東條楊極樂樓標樣樹橋機檔檢權歐歡歲歸殘殺決況沒漢湯準溫"
    "滅滿漁潔濟濕濱灣為無煙熱營爭爺狀獎獨獲現環產畢異當療發盡監盤眾礎禮種稱積穩窮競筆節範築簡簽籃糧義肅脫臺與興舉舊艦莊處號衛裝裡見訴認誰誼諾謎譜讓貧"
    "貴趙趕躍輔辭這過邊鄭醜釋針銀銅鋒鍵鎮閉閒陸陰雖霧頗額養餘馬駐駕騰髮鬥鬧魯鴻鵬黃龍龜吳蔣賈馮鄒譚盧蘭鍾閻龔嶺瓊滬粵贛遼隴崑銳儘儲兇凍別刪則劑勢勵匯"
    "卻厭吶喪嘗嚐執塗墊墜墳壽奧婁媽宮寶尷屆屬岡峽崗嶄廚廟廢廳彎徹恆惡惱慣慮慶憂懶戀掃掛採揚換揮損搖搶撐撥擬擺攔攜敘曬棄榮構槍樸橫櫃欄毀汙沖測淚淨淺渾"
    "湧滾滯漲潤澤濃瀏灑災烏燈燒爐牆犧猶獅獻瑪畝癢皺盜確碼磚祕禍稅穀窩竊紛紡絃綜綱緒緯縫縱繞繩繪罰罷翹聳腸腳艙蒼蓋蓮薩虛蝦蠻衝襯襲誇誕誘諷謊謙譽豎豬貢"
    "貫貪貼賀賓賜賞賠賦賴賺贏趨踐蹤軸輩輯轄轎轟辯遞遙酈醬鈔鈴鉛銘鋪錦鍋鎊鑒鑰閣闊闖陝隸靂頌頸顆顛顫飄飽餅餓駁駛駱騙騷驅驕鬆鯨鴨鵝鹽麵黴瀋鷄錫來爲後貳"
    "經顯註廈麼並蕪裏憑謀羨誡誦韋駿瑩瑋鈞銓錚鈺穎嫻婭嬌偉俠倫傑儀儉劍凱勳嘯喬嶽巖憲曉棟楓樺櫻欽濤瀾煒燁璽禎綺纓聶莖萊蘆衆詠詩諺軒輝鄺鎧鏗閩闕韜韻頤飆"
    "馳駒驍鳳鷹晝暢滄爍牽犢瑤盞硯筍箏篩籌糾紗紮絨緝緞緬繡繳罵膚膩艱荊莢薑螞蠟襖覓詐詔詛詫誅誣諧謠謬豔艷貯賂贓躊軀軋輻轍遜鄲釀釘釣鈍鈣鉀鉑鉤鋁鋅鋰鍍鍛"
    "鎳鎂鏈鑄鑽閘隕雛鞏韌頑頒頰餃餡饋駝驟髒鬱鱷鳴鵑鶴鷗彙綵倆偵僑僱匱厲喚噴嘆囑墾壘嬰孿屢巔廬彌懲懸懇憐憤慘愜撈撫撲擲攤暈梟樞殼渦溝滲潰澀濾瀉瀕燙燭爛"
    "獄獵癥癮矚矯礦礙稈竄籠糞紳絞綁綢緋纏聾臘蔭蕩蘿蘋蝸蠶襪訛訣詮謂譴豈貞貶賤贖躪輿鑲闡陣頹顎饑骯鰱鵲鹼乾幹週菸"
    "亞佈佔併侶係側偽兌剎剝勁叢嗆囌圇堅堯報塢塵塹壩壺妝姍姪嫵嬋嬸寢屜崢嵐帥幟徑徵惻拋挾捨掙揀搗摯撓擋擠擾攏攙斃斬暉曇朧枴柵桿梔棗棧棲椏榿槳檉檜檯殲毆氈"
    "淶淪淵渙溈滌滸漣漿潑澆澗澱濘瀝瀘灃灘煉煥熾牠狹獰獸玨琺瑣璣璦甌瘋瘡瘧癒皚盪睏矇硃硤碩禦禿窯窺竅篤簍籤籬紺絎綏綫綰綽綾縈縉縐縛縞績繆繒繚繫罈羈羥脅脹"
    "腎腫臍臏艤芻莧葦蒔蒞蓀蓯蔔蔥蕎蕓薊薔藺蘄蘊蘞虜蛺蜆蝕螢蟄蟬蠅袞裊褲襤覬觴訐訖詁詣詭詼誌諂諏諳謄譏譫貍賁賒賡贅贗踴蹌躑軔軫軼軾輒輓輟轅轡迴逕邁鄖鄔鄴"
    "釁釵鈉鈷鉗鉻鉸銃銖銜銥鋇錨錶鍊鎢鎬鏟鏢鏽鐮鐲鑊閡閨閬陘雋霽靄靚韁頃頎頜頷顰颱飩飪飼飾餌餞餛饅饌饒饞馭駙駭騁騫騾驢驪髏鬍鬚鬢魎魘魷鮑鯉鯊鰍鰻鱈鱖鱘鱸"
    "鳩鴉鴛鴦鴣鴿鶉鶯鸚鸞鹵麩黌黷鼴齋齒龐讚傢傘僕佇倖匭吒喲噸嚇嚨囂垻埡墮壇夾奩娛嫗寵屍嶼弔彆恥悅戔拚掄擄斂斕曠樁樅櫓櫥歎歿毿氫涇潛潯澠濰燉猙痙瘍癡癱皰"
    "鼕粧紉紇絆絳綴縷繃纖羶臥虧蝟褻襬覽訝諮讒賊趲輾醞鋸鑿閥闢韃飢鰲鵡鶚鹹鵪"
)
_SIMPLIFIED = (
    "响学数两气临运办续谅课语业员国书画长页题历历体动艺术医药护师传统级练习读写讲话听试评论议设许证识买卖货费价钱销购贸资账贷质赞赠赛贝负财责贤败头顾预"
    "领频颜愿类风飞饭饮馆验惊骑驿鱼鲜鸟丽麦党点齐龄电脑网绿红纸细组终结给络绝维编缘总县织继纯纳纽纪约纹绍丝线紧缓缩罗联圣闻声职聪脸胆胶华万叶苏蓝荐萧"
    "虫补制复规视亲觉观触订计讯讨训托记访词询该详诚误说调谈请诸谢谨译变丰猫迹车轨军软较载轻辆轮输转农连进游达违远适迟迁选遗还邮乡邻邓钢录错锁镜钟铁门"
    "闪开间关阅队阶际陈阳随险隐难杂离双鸡云灵静韩顶项顺须顿个们仓伤备仅优亿偿儿内册刚创划剧刘劳务胜区协单厂参问启吗严团园围图圆场块坏压壮梦够夺奋妇孙"
    "宁实宽审将专寻对导层岛帐带币帮几库广张强弹复从爱态忆应怀战戏户拥择据担击扩摄敌断于时晋暂会东条杨极乐楼标样树桥机档检权欧欢岁归残杀决况没汉汤准温"
    "灭满渔洁济湿滨湾为无烟热营争爷状奖独获现环产毕异当疗发尽监盘众础礼种称积稳穷竞笔节范筑简签篮粮义肃脱台与兴举旧舰庄处号卫装里见诉认谁谊诺谜谱让贫"
    "贵赵赶跃辅辞这过边郑丑释针银铜锋键镇闭闲陆阴虽雾颇额养余马驻驾腾发斗闹鲁鸿鹏黄龙龟吴蒋贾冯邹谭卢兰钟阎龚岭琼沪粤赣辽陇昆锐尽储凶冻别删则剂势励汇"
    "却厌呐丧尝尝执涂垫坠坟寿奥娄妈宫宝尴届属冈峡岗崭厨庙废厅弯彻恒恶恼惯虑庆忧懒恋扫挂采扬换挥损摇抢撑拨拟摆拦携叙晒弃荣构枪朴横柜栏毁污冲测泪净浅浑"
    "涌滚滞涨润泽浓浏洒灾乌灯烧炉墙牺犹狮献玛亩痒皱盗确码砖秘祸税谷窝窃纷纺弦综纲绪纬缝纵绕绳绘罚罢翘耸肠脚舱苍盖莲萨虚虾蛮冲衬袭夸诞诱讽谎谦誉竖猪贡"
    "贯贪贴贺宾赐赏赔赋赖赚赢趋践踪轴辈辑辖轿轰辩递遥郦酱钞铃铅铭铺锦锅镑鉴钥阁阔闯陕隶雳颂颈颗颠颤飘饱饼饿驳驶骆骗骚驱骄松鲸鸭鹅盐面霉沈鸡锡来为后贰"
    "经显注厦么并芜里凭谋羡诫诵韦骏莹玮钧铨铮钰颖娴娅娇伟侠伦杰仪俭剑凯勋啸乔岳岩宪晓栋枫桦樱钦涛澜炜烨玺祯绮缨聂茎莱芦众咏诗谚轩辉邝铠铿闽阙韬韵颐飙"
    "驰驹骁凤鹰昼畅沧烁牵犊瑶盏砚笋筝筛筹纠纱扎绒缉缎缅绣缴骂肤腻艰荆荚姜蚂蜡袄觅诈诏诅诧诛诬谐谣谬艳艳贮赂赃踌躯轧辐辙逊郸酿钉钓钝钙钾铂钩铝锌锂镀锻"
    "镍镁链铸钻闸陨雏巩韧顽颁颊饺馅馈驼骤脏郁鳄鸣鹃鹤鸥汇彩俩侦侨雇匮厉唤喷叹嘱垦垒婴孪屡巅庐弥惩悬恳怜愤惨惬捞抚扑掷摊晕枭枢壳涡沟渗溃涩滤泻濒烫烛烂"
    "狱猎症瘾瞩矫矿碍秆窜笼粪绅绞绑绸绯缠聋腊荫荡萝苹蜗蚕袜讹诀诠谓谴岂贞贬贱赎躏舆镶阐阵颓颚饥肮鲢鹊碱干干周烟"
    "亚布占并侣系侧伪兑刹剥劲丛呛苏囵坚尧报坞尘堑坝壶妆姗侄妩婵婶寝屉峥岚帅帜径征恻抛挟舍挣拣捣挚挠挡挤扰拢搀毙斩晖昙胧拐栅杆栀枣栈栖桠桤桨柽桧台歼殴毡"
    "涞沦渊涣沩涤浒涟浆泼浇涧淀泞沥泸沣滩炼焕炽它狭狞兽珏珐琐玑瑷瓯疯疮疟愈皑荡困蒙朱硖硕御秃窑窥窍笃篓签篱绀绗绥线绾绰绫萦缙绉缚缟绩缪缯缭系坛羁羟胁胀"
    "肾肿脐膑舣刍苋苇莳莅荪苁卜葱荞芸蓟蔷蔺蕲蕴蔹虏蛱蚬蚀萤蛰蝉蝇衮袅裤褴觊觞讦讫诂诣诡诙志谄诹谙誊讥谵狸贲赊赓赘赝踊跄踯轫轸轶轼辄挽辍辕辔回径迈郧邬邺"
    "衅钗钠钴钳铬铰铳铢衔铱钡锚表链钨镐铲镖锈镰镯镬阂闺阆陉隽霁霭靓缰顷颀颌颔颦台饨饪饲饰饵饯馄馒馔饶馋驭驸骇骋骞骡驴骊髅胡须鬓魉魇鱿鲍鲤鲨鳅鳗鳕鳜鲟鲈"
    "鸠鸦鸳鸯鸪鸽鹑莺鹦鸾卤麸黉黩鼹斋齿庞赞家伞仆伫幸匦咤哟吨吓咙嚣坝垭堕坛夹奁娱妪宠尸屿吊别耻悦戋拼抡掳敛斓旷桩枞橹橱叹殁毵氢泾潜浔渑潍炖狰痉疡痴瘫疱"
    "冬妆纫纥绊绛缀缕绷纤膻卧亏猬亵摆览讶咨谗贼趱辗酝锯凿阀辟鞑饥鳌鹉鹗咸鹌"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
# To look first is five times as fast as to translate a text that needs none.
_HAS_TRADITIONAL = re.compile(f"[{_TRADITIONAL}]")
_HAS_SPECIAL = re.compile(f"[{''.join(map(re.escape, map(chr, _BEFORE_NFKC)))}]")

# Everything that shows nothing: controls (but tab and line feed), joiners, direction marks.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[\n ]*")

_END_MARKS = re.compile(r"<\|(?:im_end|endoftext|eot_id|end)\|>|</s>")
_TAGS = re.compile(r"<[/a-zA-Z][^<>\n]{0,60}>|<\|[^|<>\n]{1,30}\|>")
_LATEX = re.compile(
    r"\\(?:boxed|text|textbf|mathrm|mathbf|left|right)\b|\\[(){}\[\],;!%]|[{}]|\$(?![0-9][0-9.,]*(?:[^0-9.,$\\]|$))",
    re.ASCII,
)
_EMPHASIS = re.compile(
    r"\*\*+|(?<![0-9])\*|\*(?![0-9])|`+|~~|__|(?m:^ ?(?:(?:#{1,6}|>) |-{3,} ?$))"
)

# What tables write in a cell that holds nothing.
_NONE_MARK = re.compile(r"(?:-{1,3}|/)[.。]?")


def fold(text: str) -> str:
    """Give one spelling to what reads the same.

    NFKC (full width becomes half width), dashes, tildes and colons in one form, no invisible or
    control characters, line ends as line feeds, single blanks, nothing at either end. Letters
    keep their case and their script: the letter O never becomes the digit 0.
    """
    text = _LINE_ENDS.sub("\n", text)
    if _HAS_SPECIAL.search(text):
        text = text.translate(_BEFORE_NFKC)
    text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub("", text)
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def answer_part(text: str) -> str:
    """Return what was said to the user: without thinking and without what follows an end mark."""
    if "</think>" in text:
        text = text.rpartition("</think>")[2]
    return _END_MARKS.split(text.partition("<think>")[0], maxsplit=1)[0]


def unmarked(text: str) -> str:
    """Fold an answer, and take away Markdown, LaTeX and markup around the words.

    Traditional characters become the common simplified ones; letters keep their case.
    """
    if "<" in text:
        text = _TAGS.sub("\n", text)
    if "\\" in text or "$" in text or "{" in text:
        text = _LATEX.sub(" ", text)
    folded = fold(text)
    if _HAS_TRADITIONAL.search(folded):
        folded = folded.translate(_TO_SIMPLIFIED)
    return _EMPHASIS.sub("", folded).strip()


def prepare(text: str) -> str:
    """Fold an answer or a question for the parsers: unmarked and in lower case."""
    return unmarked(text).lower()


def is_empty(text: str) -> bool:
    """Tell whether an answer says nothing: no letter, digit or sign once thinking is left out.

    So are blanks, characters that show nothing, punctuation alone and thinking without an end. A
    dash or stroke alone is how tables write that there is none, and so an answer.
    """
    return says_nothing(unmarked(answer_part(text)))


def says_nothing(text: str) -> bool:
    """Tell the same of an answer that is unmarked, or prepared, already."""
    return not any(map(_says, text)) and not _NONE_MARK.fullmatch(text)


@lru_cache(maxsize=8192)
def _says(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNS"


@lru_cache(maxsize=8192)
def is_informative(character: str) -> bool:
    """Tell whether a character carries information: no white space, punctuation or control."""
    return unicodedata.category(character)[0] not in "PZC"


def information_length(text: str) -> int:
    """Count the characters that carry information.

    NFKC first, then everything but white space, punctuation and control characters.
    """
    return sum(map(is_informative, unicodedata.normalize("NFKC", text)))


def informative(text: str) -> str:
    """Return the characters that `information_length` counts, of a text already folded."""
    return "".join(filter(is_informative, text))
