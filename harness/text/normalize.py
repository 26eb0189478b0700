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
    "響學數兩氣臨運辦續諒課語業員國書畫長頁題歷曆體動藝術醫藥護師傳統級練習讀寫講話聽試評論議設許證識買賣貨費價錢銷購貿資賬貸質贊贈賽貝負財責賢敗頭顧預領頻顏"
    "願類風飛飯飲館驗驚騎驛魚鮮鳥麗麥黨點齊齡電腦網綠紅紙細組終結給絡絕維編緣總縣織繼純納紐紀約紋紹絲線緊緩縮羅聯聖聞聲職聰臉膽膠華萬葉蘇藍薦蕭蟲補製複規視親"
    "覺觀觸訂計訊討訓託記訪詞詢該詳誠誤說調談請諸謝謹譯變豐貓跡車軌軍軟較載輕輛輪輸轉農連進遊達違遠適遲遷選遺還郵鄉鄰鄧鋼錄錯鎖鏡鐘鐵門閃開間關閱隊階際陳陽隨"
    "險隱難雜離雙雞雲靈靜韓頂項順須頓個們倉傷備僅優億償兒內冊剛創劃劇劉勞務勝區協單廠參問啟嗎嚴團園圍圖圓場塊壞壓壯夢夠奪奮婦孫寧實寬審將專尋對導層島帳帶幣幫"
    "幾庫廣張強彈復從愛態憶應懷戰戲戶擁擇據擔擊擴攝敵斷於時晉暫會東條楊極樂樓標樣樹橋機檔檢權歐歡歲歸殘殺決況沒漢湯準溫滅滿漁潔濟濕濱灣為無煙熱營爭爺狀獎獨獲"
    "現環產畢異當療發盡監盤眾礎禮種稱積穩窮競筆節範築簡簽籃糧義肅脫臺與興舉舊艦莊處號衛裝裡見訴認誰誼諾謎譜讓貧貴趙趕躍輔辭這過邊鄭醜釋針銀銅鋒鍵鎮閉閒陸陰雖"
    "霧頗額養餘馬駐駕騰髮鬥鬧魯鴻鵬黃龍龜吳蔣賈馮鄒譚盧蘭鍾閻龔嶺瓊滬粵贛遼隴崑銳儘儲兇凍別刪則劑勢勵匯卻厭吶喪嘗嚐執塗墊墜墳壽奧婁媽宮寶尷屆屬岡峽崗嶄廚廟廢"
    "廳彎徹恆惡惱慣慮慶憂懶戀掃掛採揚換揮損搖搶撐撥擬擺攔攜敘曬棄榮構槍樸橫櫃欄毀汙沖測淚淨淺渾湧滾滯漲潤澤濃瀏灑災烏燈燒爐牆犧猶獅獻瑪畝癢皺盜確碼磚祕禍稅穀"
    "窩竊紛紡絃綜綱緒緯縫縱繞繩繪罰罷翹聳腸腳艙蒼蓋蓮薩虛蝦蠻衝襯襲誇誕誘諷謊謙譽豎豬貢貫貪貼賀賓賜賞賠賦賴賺贏趨踐蹤軸輩輯轄轎轟辯遞遙酈醬鈔鈴鉛銘鋪錦鍋鎊鑒"
    "鑰閣闊闖陝隸靂頌頸顆顛顫飄飽餅餓駁駛駱騙騷驅驕鬆鯨鴨鵝鹽麵黴瀋鷄錫來爲後貳經顯註廈麼並蕪裏憑謀羨誡誦韋駿瑩瑋鈞銓錚鈺穎嫻婭嬌偉俠倫傑儀儉劍凱勳嘯喬嶽巖憲"
    "曉棟楓樺櫻欽濤瀾煒燁璽禎綺纓聶莖萊蘆衆詠詩諺軒輝鄺鎧鏗閩闕韜韻頤飆馳駒驍鳳鷹晝暢滄爍牽犢瑤盞硯筍箏篩籌糾紗紮絨緝緞緬繡繳罵膚膩艱荊莢薑螞蠟襖覓詐詔詛詫誅"
    "誣諧謠謬豔艷貯賂贓躊軀軋輻轍遜鄲釀釘釣鈍鈣鉀鉑鉤鋁鋅鋰鍍鍛鎳鎂鏈鑄鑽閘隕雛鞏韌頑頒頰餃餡饋駝驟髒鬱鱷鳴鵑鶴鷗彙綵倆偵僑僱匱厲喚噴嘆囑墾壘嬰孿屢巔廬彌懲懸"
    "懇憐憤慘愜撈撫撲擲攤暈梟樞殼渦溝滲潰澀濾瀉瀕燙燭爛獄獵癥癮矚矯礦礙稈竄籠糞紳絞綁綢緋纏聾臘蔭蕩蘿蘋蝸蠶襪訛訣詮謂譴豈貞貶賤贖躪輿鑲闡陣頹顎饑骯鰱鵲鹼乾幹"
    "週菸餾饅饌餌飪飼飾餞餚饈糰糉蔥薺蘚蘊鯉鯽鱸鱈鮭鰻鮑鯊鱔鱖鰭鱗鴿鵪鶉鸚鵡鷺鴛鴦鴉鳩麩麪鹹鹵滷醃鑊鍊煉燉燴燜熾燻燼烴濁澱淵瀝漸漬潑澆濺濘氫氬銣銦鉈鉍鈾鈦鉻錳"
    "鎘鎢鉬釩鈷鍶鋇矽癱瘡瘋瘧痙攣膿腫脹腎脛顱髏髖齒齦鬚鬢鬍闌閥閨闢闋雋霽靄韃頷顥颱颯馱馴騁騾驢驪鬨魷鳶鸞齋龐壟龕僞偽僕儂儐儔儕儷兌冪凜劊勻咼唄喲嗆嗚嗩嗶嘔嘩"
    "嘮嘰噁噓噠噥噸噹嚀嚇嚨嚕囂囪圇坰堅堊報塢塵塹墮壇壙壩壺夾奐妝姍娛媧嫗嫵嬋嬤寢寵屍屜峴崢嶇嶼巒帥幀幟廁廂廩弒彥徑徠悅悶惲惻愷愾慄慟慫慳憊憚憫懣懨懼懾戇戧挾"
    "捫捲掄掙揀搗摑摜摟摯摳摶摻撏撓撟撣撻撾撿擄擋擠擯擰擱擷擻擾攏攖攙攛攢攪攬斂斃斬暉曇曠朧柵桿梔棖棗棧棲楨榦榿槓槳樁橈橢檁檉檜檣檯檳檸檻櫓櫚櫛櫝櫥櫧櫨櫪櫬櫳"
    "櫸欏欒欖歎歟殞殤殮殯殲毆毿氈氌洶浹涇涼淪淥淒渙減渢湊湞溈滌滎滸漚漣漵漿潁潛潯潷潿澇澗澩澮濫濰濼瀅瀘瀟瀠瀧瀨灃灄灕灘灝灤煩煬熒熗燦爾牘犖狹狽猙猻獪獫獷獸獺"
    "獼玀琺琿瑣璉璣瓏瓔瓚甌疇疊痺瘂瘍瘓瘞瘻癆癇癉癘癟癤癬癭癰癲皚皸睜睞瞞矓硤硨碩碭磣磧磯磽礪礫礬祿禦禪禱禿秈稟穌穡穢穫窪窯窶窺竅竇筧箋篋篔篤篳簀簍簞簣簫簷簾"
    "籜籟籤籩籪籬籮糝糲糴糶紂紆紇紈紉紓紕紜紝絀絆絎絝絢絰絳絹綃綆綈綏綣綬綴綸綹綻綽緇緙緡緦緱緲緶緹縈縉縊縐縑縛縝縞縟縭縷縹績繃繆繒繕繚繢繭繯繹繽纈纍纖纘纜缽"
    "罈罌羆羈羥耬聵聹脅脈腡膃膾臍臏臚臟臠艤艫芻茲莧萇萵葒葷蒔蒞蓀蓯蓽蔔蔞蕁蕎蕕蕘蕷薈薊薌薔薟藎藪藶藹藺蘄蘞虜虧蛺蛻蜆蝕蝟螄螢螻蟄蟈蟣蟬蟯蟶蟻蠅蠆蠍蠐蠑蠣蠱衊"
    "袞裊褌褲褳褸褻襇襝襠襤覘覡覦覬覯覲覷覽觴觶訃訌訐訕訖訝訟訥訶診詁詆詎詘詡詣詬詭詰詵詼詿誄誆誑誥誨誶諂諄諉諑諗諛諜諝諞諢諤諦諫諭諱諳諶諼謁謅謐謔謖謗謚謨謫"
    "謳譁譏譙譫讎讒讕讖讜讞貍賁賅賊賑賒賚賡賧賭賻賾贄贅贇贐贗踴蹌蹕蹣蹺躂躉躋躑躒躓躕躚躡躥躦軔軛軫軹軺軻軼軾輅輇輈輊輒輜輞輟輥輳輾轂轅轆轔轡轢辮邁逕邇邏邐郟"
    "鄆鄔鄖鄴鄶酇醞醱釁釃釅釐釗釙釷釹釺鈀鈁鈄鈉鈐鈥鈧鈸鈹鈿鉉鉋鉗鉞鉦鉸銃銑銖銚銜銠銥銨銩銪銫銬銱銲銻銼鋌鋏鋝鋟鋤鋦鋨鋮鋯鋱鋸錁錆錈錐錒錕錘錙錛錠錨錮錶鍀鍁鍇"
    "鍥鍩鍬鍰鍺鎚鎣鎦鎩鎪鎬鎰鎵鏃鏌鏍鏑鏘鏜鏝鏞鏟鏢鏤鏨鏵鏷鏹鐃鐋鐐鐓鐔鐙鐠鐨鐫鐮鐲鐳鐸鐺鐿鑑鑠鑣鑤鑥鑭鑷鑼鑾鑿閂閆閌閏閑閔閡閫閬閭閶閹閼閽閾閿闃闆闈闍闐闒闓"
    "闔闞闤闥陘隉靚韁韙韞頃頊頎頏頜頡頦頫顒顓顙顢顰顳顴颮颶颼飢飥飩飫飭餄餉餎餒餕餖餛餜餱餳餶餷餺餼餿饃饉饒饗饞饢馭駑駔駘駙駟駢駭駰騅騍騏騖騫騭騮騶騸驀驁驂驃"
    "驄驊驏驤驥髕魎魘魛鮁鮃鮍鮎鮐鮒鮓鮚鮞鮦鮪鮫鯀鯁鯇鯔鯖鯗鯛鯝鯡鯢鯤鯧鯪鯰鯴鰈鰉鰍鰒鰓鰜鰟鰠鰣鰥鰨鰩鰲鰳鰵鰷鰹鰾鱅鱉鱒鱘鱝鱟鱠鱣鱧鱨鱭鳧鴆鴇鴕鴝鴟鴣鴯鴰鵂鵒"
    "鵓鵜鵠鵯鶇鶘鶚鶩鶯鶻鷂鷓鷙鷦鷲鷸鷿鸕鸛鸝黌黲黽黿鼴齎齏齔齙齜齟齠齣齪齬齲齷擧羣囉佔佈彿倖併係傾僂僨僥儈儺儻儼剎剝剮剴劌勁勛勱勸匭匲厙厴叢呂啓啞嘜嘵嘸噝噯"
    "噲嚌嚙嚥嚮嚳囈囀囁囅埡埰堝堯塋塒塤塲墰墻壋壎壚壢奩姪娬媯媼嫋嫿嬀嬈嬙嬡嬪嬸孌屨峯崍崙嵐嶁嶔嶗嶠嶧嶮嶴嶸巋巰巹幃幗幘幬庂廎廕廝廡徵恥愨愴慍慚慤慪憒懌懍懺懽"
    "戔戩拋挩搆搾擡柺梘棶椏楥榪榲槃槧槨樅樑樝樧檟檮檾櫟櫞蝨跼遶鑛鑪隣霑頽飜餵馀鹺隻纔讚鵰鈎鍼鏽銹脣澂汎氾洩勦剷剏刼喆噉堦塚妬媿巗庻廻彊徬悽憇抴搥敎敺斅旂旣昰"
    "暱朮栢梹棊棃槀欝歛殀汚泝浄涖淸湼溼漑潙炤煖煇燄牀犛猨玆琹甎甕畧疎痠皁盃眞睏砲硏碁禩稜稾竝筞粧糢綑綫緖縂繫罎羶肎胷臝艸苺荳菓葯蒐蔕蘂虖蜋蝱衂衹裠襍覈觔詶諠"
    "謼譌讌貭賸跥踡蹟躭軆輓辠迯逬遯郞鄕酧醖釦鉢銕鎔鏁鑵閧阯陗隄隷雰靭鞵韮頋頼顋颺飱餬饝駡騐髩鬪魨鮝鰌鱓鳬鴈鵞鶏鷰鹸麤鼈亞侶側囌捨枴淶煥牠獰玨璦癒盪矇硃紺綰綾"
    "葦蕓誌諏謄迴釵黷傢傘佇吒垻弔彆拚斕歿澠癡皰鼕臥襬諮趲"
)
_SIMPLIFIED = (
    "响学数两气临运办续谅课语业员国书画长页题历历体动艺术医药护师传统级练习读写讲话听试评论议设许证识买卖货费价钱销购贸资账贷质赞赠赛贝负财责贤败头顾预领频颜"
    "愿类风飞饭饮馆验惊骑驿鱼鲜鸟丽麦党点齐龄电脑网绿红纸细组终结给络绝维编缘总县织继纯纳纽纪约纹绍丝线紧缓缩罗联圣闻声职聪脸胆胶华万叶苏蓝荐萧虫补制复规视亲"
    "觉观触订计讯讨训托记访词询该详诚误说调谈请诸谢谨译变丰猫迹车轨军软较载轻辆轮输转农连进游达违远适迟迁选遗还邮乡邻邓钢录错锁镜钟铁门闪开间关阅队阶际陈阳随"
    "险隐难杂离双鸡云灵静韩顶项顺须顿个们仓伤备仅优亿偿儿内册刚创划剧刘劳务胜区协单厂参问启吗严团园围图圆场块坏压壮梦够夺奋妇孙宁实宽审将专寻对导层岛帐带币帮"
    "几库广张强弹复从爱态忆应怀战戏户拥择据担击扩摄敌断于时晋暂会东条杨极乐楼标样树桥机档检权欧欢岁归残杀决况没汉汤准温灭满渔洁济湿滨湾为无烟热营争爷状奖独获"
    "现环产毕异当疗发尽监盘众础礼种称积稳穷竞笔节范筑简签篮粮义肃脱台与兴举旧舰庄处号卫装里见诉认谁谊诺谜谱让贫贵赵赶跃辅辞这过边郑丑释针银铜锋键镇闭闲陆阴虽"
    "雾颇额养余马驻驾腾发斗闹鲁鸿鹏黄龙龟吴蒋贾冯邹谭卢兰钟阎龚岭琼沪粤赣辽陇昆锐尽储凶冻别删则剂势励汇却厌呐丧尝尝执涂垫坠坟寿奥娄妈宫宝尴届属冈峡岗崭厨庙废"
    "厅弯彻恒恶恼惯虑庆忧懒恋扫挂采扬换挥损摇抢撑拨拟摆拦携叙晒弃荣构枪朴横柜栏毁污冲测泪净浅浑涌滚滞涨润泽浓浏洒灾乌灯烧炉墙牺犹狮献玛亩痒皱盗确码砖秘祸税谷"
    "窝窃纷纺弦综纲绪纬缝纵绕绳绘罚罢翘耸肠脚舱苍盖莲萨虚虾蛮冲衬袭夸诞诱讽谎谦誉竖猪贡贯贪贴贺宾赐赏赔赋赖赚赢趋践踪轴辈辑辖轿轰辩递遥郦酱钞铃铅铭铺锦锅镑鉴"
    "钥阁阔闯陕隶雳颂颈颗颠颤飘饱饼饿驳驶骆骗骚驱骄松鲸鸭鹅盐面霉沈鸡锡来为后贰经显注厦么并芜里凭谋羡诫诵韦骏莹玮钧铨铮钰颖娴娅娇伟侠伦杰仪俭剑凯勋啸乔岳岩宪"
    "晓栋枫桦樱钦涛澜炜烨玺祯绮缨聂茎莱芦众咏诗谚轩辉邝铠铿闽阙韬韵颐飙驰驹骁凤鹰昼畅沧烁牵犊瑶盏砚笋筝筛筹纠纱扎绒缉缎缅绣缴骂肤腻艰荆荚姜蚂蜡袄觅诈诏诅诧诛"
    "诬谐谣谬艳艳贮赂赃踌躯轧辐辙逊郸酿钉钓钝钙钾铂钩铝锌锂镀锻镍镁链铸钻闸陨雏巩韧顽颁颊饺馅馈驼骤脏郁鳄鸣鹃鹤鸥汇彩俩侦侨雇匮厉唤喷叹嘱垦垒婴孪屡巅庐弥惩悬"
    "恳怜愤惨惬捞抚扑掷摊晕枭枢壳涡沟渗溃涩滤泻濒烫烛烂狱猎症瘾瞩矫矿碍秆窜笼粪绅绞绑绸绯缠聋腊荫荡萝苹蜗蚕袜讹诀诠谓谴岂贞贬贱赎躏舆镶阐阵颓颚饥肮鲢鹊碱干干"
    "周烟馏馒馔饵饪饲饰饯肴馐团粽葱荠藓蕴鲤鲫鲈鳕鲑鳗鲍鲨鳝鳜鳍鳞鸽鹌鹑鹦鹉鹭鸳鸯鸦鸠麸面咸卤卤腌镬链炼炖烩焖炽熏烬烃浊淀渊沥渐渍泼浇溅泞氢氩铷铟铊铋铀钛铬锰"
    "镉钨钼钒钴锶钡硅瘫疮疯疟痉挛脓肿胀肾胫颅髅髋齿龈须鬓胡阑阀闺辟阕隽霁霭鞑颔颢台飒驮驯骋骡驴骊哄鱿鸢鸾斋庞垄龛伪伪仆侬傧俦侪俪兑幂凛刽匀呙呗哟呛呜唢哔呕哗"
    "唠叽恶嘘哒哝吨当咛吓咙噜嚣囱囵垧坚垩报坞尘堑堕坛圹坝壶夹奂妆姗娱娲妪妩婵嬷寝宠尸屉岘峥岖屿峦帅帧帜厕厢廪弑彦径徕悦闷恽恻恺忾栗恸怂悭惫惮悯懑恹惧慑戆戗挟"
    "扪卷抡挣拣捣掴掼搂挚抠抟掺挦挠挢掸挞挝捡掳挡挤摈拧搁撷擞扰拢撄搀撺攒搅揽敛毙斩晖昙旷胧栅杆栀枨枣栈栖桢干桤杠桨桩桡椭檩柽桧樯台槟柠槛橹榈栉椟橱槠栌枥榇栊"
    "榉椤栾榄叹欤殒殇殓殡歼殴毵毡氇汹浃泾凉沦渌凄涣减沨凑浈沩涤荥浒沤涟溆浆颍潜浔滗涠涝涧泶浍滥潍泺滢泸潇潆泷濑沣滠漓滩灏滦烦炀荧炝灿尔牍荦狭狈狰狲狯猃犷兽獭"
    "猕猡珐珲琐琏玑珑璎瓒瓯畴叠痹痖疡痪瘗瘘痨痫瘅疠瘪疖癣瘿痈癫皑皲睁睐瞒眬硖砗硕砀碜碛矶硗砺砾矾禄御禅祷秃籼禀稣穑秽获洼窑窭窥窍窦笕笺箧筼笃筚箦篓箪篑箫檐帘"
    "箨籁签笾簖篱箩糁粝籴粜纣纡纥纨纫纾纰纭纴绌绊绗绔绚绖绛绢绡绠绨绥绻绶缀纶绺绽绰缁缂缗缌缑缈缏缇萦缙缢绉缣缚缜缟缛缡缕缥绩绷缪缯缮缭缋茧缳绎缤缬累纤缵缆钵"
    "坛罂罴羁羟耧聩聍胁脉脶腽脍脐膑胪脏脔舣舻刍兹苋苌莴荭荤莳莅荪苁荜卜蒌荨荞莸荛蓣荟蓟芗蔷莶荩薮苈蔼蔺蕲蔹虏亏蛱蜕蚬蚀猬蛳萤蝼蛰蝈虮蝉蛲蛏蚁蝇虿蝎蛴蝾蛎蛊蔑"
    "衮袅裈裤裢褛亵裥裣裆褴觇觋觎觊觏觐觑览觞觯讣讧讦讪讫讶讼讷诃诊诂诋讵诎诩诣诟诡诘诜诙诖诔诓诳诰诲谇谄谆诿诼谂谀谍谞谝诨谔谛谏谕讳谙谌谖谒诌谧谑谡谤谥谟谪"
    "讴哗讥谯谵雠谗谰谶谠谳狸贲赅贼赈赊赉赓赕赌赙赜贽赘赟赆赝踊跄跸蹒跷跶趸跻踯跞踬蹰跹蹑蹿躜轫轭轸轵轺轲轶轼辂辁辀轾辄辎辋辍辊辏辗毂辕辘辚辔轹辫迈径迩逻逦郏"
    "郓邬郧邺郐酂酝酦衅酾酽厘钊钋钍钕钎钯钫钭钠钤钬钪钹铍钿铉刨钳钺钲铰铳铣铢铫衔铑铱铵铥铕铯铐铞焊锑锉铤铗锊锓锄锔锇铖锆铽锯锞锖锩锥锕锟锤锱锛锭锚锢表锝锨锴"
    "锲锘锹锾锗锤蓥镏铩锼镐镒镓镞镆镙镝锵镗镘镛铲镖镂錾铧镤镪铙铴镣镦镡镫镨镄镌镰镯镭铎铛镱鉴铄镳刨镥镧镊锣銮凿闩闫闶闰闲闵阂阃阆闾阊阉阏阍阈阌阒板闱阇阗阘闿"
    "阖阚阛闼陉陧靓缰韪韫顷顼颀颃颌颉颏俯颙颛颡颟颦颞颧飑飓飕饥饦饨饫饬饸饷饹馁馂饾馄馃糇饧馉馇馎饩馊馍馑饶飨馋馕驭驽驵骀驸驷骈骇骃骓骒骐骛骞骘骝驺骟蓦骜骖骠"
    "骢骅骣骧骥髌魉魇鱽鲅鲆鲏鲇鲐鲋鲊鲒鲕鲖鲔鲛鲧鲠鲩鲻鲭鲞鲷鲴鲱鲵鲲鲳鲮鲶鲺鲽鳇鳅鳆鳃鳒鳑鳋鲥鳏鳎鳐鳌鳓鳘鲦鲣鳔鳙鳖鳟鲟鲼鲎鲙鳣鳢鲿鲚凫鸩鸨鸵鸲鸱鸪鸸鸹鸺鹆"
    "鹁鹈鹄鹎鸫鹕鹗鹜莺鹘鹞鹧鸷鹪鹫鹬鸊鸬鹳鹂黉黪黾鼋鼹赍齑龀龅龇龃龆出龊龉龋龌举群啰占布佛幸并系倾偻偾侥侩傩傥俨刹剥剐剀刿劲勋劢劝匦奁厍厣丛吕启哑唛哓呒咝嗳"
    "哙哜啮咽向喾呓啭嗫冁垭采埚尧茔埘埙场坛墙垱埙垆坜奁侄妩妫媪袅婳妫娆嫱嫒嫔婶娈屦峰崃仑岚嵝嵚崂峤峄崄岙嵘岿巯卺帏帼帻帱仄庼荫厮庑征耻悫怆愠惭悫怄愦怿懔忏欢"
    "戋戬抛捝构榨抬拐枧梾桠楦杩榅盘椠椁枞梁楂榝槚梼苘栎橼虱局绕矿炉邻沾颓翻喂余鹾只才赞雕钩针锈锈唇澄泛泛泄剿铲创劫哲啖阶冢妒愧岩庶回强彷凄憩曳捶教驱敩旗既是"
    "昵术柏槟棋梨槁郁敛夭污溯净莅清涅湿溉沩照暖辉焰床牦猿兹琴砖瓮略疏酸皂杯真困炮研棋祀棱稿并策妆模捆线绪总系坛膻肯胸裸草莓豆果药搜蒂蕊乎螂虻衄只裙杂核斤酬喧"
    "呼讹宴质剩跺蜷迹耽体挽罪逃迸遁郎乡酬酝扣钵铁熔锁罐哄址峭堤隶氛韧鞋韭顾赖腮扬飧糊馍骂验鬓斗鲀鲞鳅鳝凫雁鹅鸡燕碱粗鳖亚侣侧苏舍拐涞焕它狞珏瑷愈荡蒙朱绀绾绫"
    "苇芸志诹誊回钗黩家伞伫咤坝吊别拼斓殁渑痴疱冬卧摆咨趱"
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


def same_question(text: str) -> str:
    """One spelling for questions that are the same: no case, width, blanks and punctuation."""
    folded = fold(text).lower()
    return informative(folded) or folded
