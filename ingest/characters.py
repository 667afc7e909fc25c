"""How surprising a character is: what tells Chinese text from the nonsense of a wrong encoding.

A text's likelihood under a table of characters' frequencies, as in S. Dunning, "Statistical
Identification of Language" (1994), but with single characters.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

# Characters by how rare they are: 2**-n of a text that may be in simplified or in traditional
# characters. Counted in jieba's dictionary (MIT), laws and regulations of China, CMRC 2018, DRCD,
# Tatoeba and technical articles; the traditional ones also from these, converted by OpenCC.
_CHINESE = {
    6: "。，",
    7: "一中人在年是有的",
    8: "、上不了以到可和國地大成為用行",
    9: (
        "“”下个为主之也事于他代件任会位作你使來個入全公其出分制前加北南及合同名后国外多如子學安"
        "定家就工市建後得我或所政文新方於日时時最會月本来民法理生由發第等管系者而能自被西要这這通"
        "道部都重面高（）："
    ),
    10: (
        "·\u3000《》「」三与世业並二些交令们但体保信們元克內共关内列利力务动動包化区區十原去发取受口"
        "只司各向员命品器四因城基天好委学它对将將對小展山州已布常平并应府度开式当形很德心性情意應"
        "戰手拉持接提改教数數斯明更服期机東果業機次正此比水江治海源然物特王现現球產界當目直相省看"
        "社种科程種立米統經经置美至與著表规解設设说起路軍过进進過那里量金長长開間關门院需首體；"
    ),
    11: (
        "—万且东两么书五亞产京今从企住何例供依便修做傳像先光兩六兵具再军决准初則功助務单卡即县又"
        "反变古另台史告周員商單回土场型域報場境增士处太失头女她始字存完宗官实客容密實少尼局居島己"
        "巴帝序引影往律從必总息想战户才打技把投括指按据推據支收放效整施族无早易星書曾朝未权条构林"
        "查标校样根格案條模權止步武死段每求決沒没河注洲活派流清港湖演濟灣点無照爾片版率电白百皇着"
        "督知石研示神称稱究空站端算类紀約級組結線縣總级线组结统羅群義老考聯育臺色花英華萬處術装裡"
        "規见言計該認語說議變计议该資賽责资赛越足身車运近还选速造運達選還配門问间队防阿限除隊集電"
        "非領项食香馬點黨！？"
    ),
    12: (
        "‘’…『』七专举久义九予互亚亡亦什仍价份伊传伯似低佛俄候值假停備儿免兒八典写农冠况几击切"
        "划则创判別别剧副創劃劉办勢医千升半华协協博占印历参參友句叫右号吉否含启哈哥問善喜团图圍圖"
        "團均堂塔塞声备复夫央奇奧威季守宋审宣室害富察导封射專導尔属屬川左师希带師席帶干幾广库底座"
        "庭康廣张張強强录復微志快念态思急恩感戶房托执批找承抗护报拿排採控播擊操攻故料旅显普景曲望"
        "木术李村松某核检森植極構樂標樣款歌歐歷殺母毛氏气氣永汉沙油波泰洋洛测济消深游準漢火烈營爭"
        "父牌牙犯状獨獲环班環甚田甲申男留略病登益监盟監真眼眾短码破确確祖票禁福移積突章符策简節築"
        "精納素索終給維網編織繼續约纪织终给维编网罗罪职联聲職股臣致興舉航般船节若范草获营落蒙藏藝"
        "蘇蘭號血街衛裝見視親觀观视角記許試話調請論證警護讓认让记许论证试话语请调谷象責費質负质费"
        "走超跟較輸轉车转软载较输辦農边达连述退送逐連遊邊邦酸采錄鐵附际降陸随際隨離雷青革韓音響項"
        "頭題類顯领题風风马验麼黃黄黑龍龙"
    ),
    13: (
        "丁严临丹丽乎乐乘习乡亂争云享亮亲仁仅介付伐休众优伤伴佐佔余佳侵促俗倍倒借倫健僅價億優允兄"
        "充党兰兴养兼冷函刑刘刚刻劇努劳势勒勝卫危却卷卻压双召叶吃君吧听吸呈呢味呼响哪唐售唯唱啟嘉"
        "嚴园困围固圆園址坐块坡坦埃執培堡壓夏夜够夠套奪奴姆姓婚媒孩宜宫宮寧審寫尖尚尤尺尽层屆届屋"
        "層岁岛岸峰巨差帮幕幹店庫延廷异弟弹彈彩役征待徒循徵忠忽怎恆愛態慶戏截扩抵担拍拔招拜择捕换"
        "授掌探措描插換援搜摩撤擁擇擔擴救敗散敦断斷旁旗既昌春晉晚智暴曼替末朱杀杆材杜束杨板极析架"
        "柏染柱树桌档桥梁梅楚楼概樓樹橋檢欢欧歲歸殖毒毫汗池污汽沉沿況泛洞津洪浙涉混添減温測湾溫滅"
        "满滿漫漸潮澳激烏热熟熱燕爆爱牛狀独獎玉玩瑞瓦画畫疑疗皆皮盘盛硬碼磁礎离秀私秘秦积穿窗竹笑"
        "筑答範篇簡籍紅細絕繁红纳细络绝继续缺罚署習翻翼耳耶聖聚聞聽肉背胜胞胡脚臨舊艦良艺苏苦茶药"
        "荷莫菜葉薩藥虽融衝衣补裁裂製觉評詞諸識访评识诉词译读負財貴财赫距軟載輕輯轄轻辑迎远违迫追"
        "适逃透途遇違遠適遭遷遺避郡郵鄉鄭酒醫释野銀鎮铁银销错键镇闻阳阶阻陆险陳陵陽隆階隔障險难雄"
        "雖雙難雨雲靠須預頓页须预额飛飞養餘館馆驗骨鬥魏魚魯鮮鱼麗麻黎默鼓"
    ),
    14: (
        "丘丰串乃乌乏乙买乱乳乾井亿仓仔仙仰仿伍伏伦估伸伽佢佩併侧係俱倉偏側偶偿储傷儀儒儲冇冊册冒"
        "冚冬冰冲减凝凡刀刊删券刺剂剑剛剩割劍励勇勞勵匯匹午卖卵厂厅厘厚叛吗吳吴咁咗咩咱哋哲唔啊啱"
        "啲喀喝喬喺嗮嗰嘅嘢嘴嚟圈圓圣坏坚垂埔堅堆塊填墓墙墨壁壇壞壤夹夺奈奉奏奔奖奥妇妹妻姐姑姻娘"
        "娜婆嬲孔孙孝孟孤孫宁宅宇宏宝宽宿寄寒寬寶寺寻尊尝尾屏履岩岳崇崎嶺巡巧帐帕幅幣幫幸幻幼庆床"
        "废廉廠廢廳弃弗弱归径徐徑御徽忙怒怕怪恐恢恶悉患您惊惠惡愿慈慕慢慮憲戈戒戲戴扁扎扶抓折披押"
        "抽拆拒拟拥挑挥挪振损捷掉握揮損搭搵擬攞敌敏敢敬敵斗斤旋旦旧昆映昭晋暗曹朋朗杂杯枚枝柄柔桃"
        "械棄棱楊榮槍檔欲歡殊殘殿毕氧汇沃泉泊泡泥泳泽洗浏浦浪浮液淡淮渐渠渡湿溪溶滑潘潛澤灌灰灵灾"
        "炎炮炸烟焦煤燃牆牠牧狄猛献獻玄珍珠瓜甘畢異疏疫疾症痛療盃盈盐盖盡盤盧盾瞓矿础碑磷礦礼祥祭"
        "禮秋秒租稅稍税稳稻穆穩竞竟童競笔筆签箭簽粉粗糖糧紐紙紛紧紫累絡綜綠緊緣緩練縮績练绍绩综绿"
        "缓缘缩罰羊羽翰耗肯胎脈脉脑脫脱脸腦腳腹臘舍舒舞艇艾芳苗荒荣莎菌菲萄萊葡董蒂蓋蓝蔣藍藤虎虑"
        "虚虛虫蛋衡衰袁袖裕補襄襲覆覺覽览訂訊討訓訪訴詩誤課談諗諾講譯讀订讨训讯讲诗询误诸课谁谈谢"
        "豆豐豪貌貝貢貨買貿賓賣購贝贡败货购贵赤趣跑跨跳軌輛輪轮辖辛辽迁迅返迪迷遂遍遗遣遵遼邀邮郎"
        "郭鄂鄰醒釋針銷鋼錢錯鍵鍾鏡针钟钢钱链镜閩闭阅阵陈陣陷隐隸雅雕雜雪零震霍露靈静韩頁頂順頒頻"
        "額顏願顧顶顺顾顿频颜餐饰駐騎驅驱骑鬼鲁鲜鳥鸟鹽麥鼠齊齐齿"
    ),
    15: (
        "丈丝両乔乗亨亩亭仇仪仮仲伙伝伟侍価侯俊俘倡债倾偉偷傅傑催債傾働僑僧儘償兆児兽円冈净凉凤処"
        "凭凯凱刪刷削剣剤剪剰劑劣劫効勃勅勘募勤匈卑卒卓単卜卸卿厥厳叉収叔叙吊吏吐吞吨吹吾呀咖咸哀"
        "哭啡啦喊喪営嗎嘆嘗嘱囊囚団囲図圏圳圾坊坎坑坛垃埋堕堤堪堰塑塘塚塩増壊壌壩壮壯売壽変夥夷夾"
        "奋契奶妃妈妙姊姚婦媽嫌嬢宙実宪宰宾寝寨寸対寿専尋尿屈屯岗岡岭峠峡峽崗崩嵌嵩嶼巖巢巣币帆帯"
        "帰帳幽庁広庄庙廈廊廟弄弾彌彭彰彻彼従徳徹忌忍忘応怀恋恨恭恰恵悠悲惜惨惯愈慎慣慧懂懷戀戦戻"
        "扣扫扬扮抑択抢抬抱拓拖拘拡拱拳拼挂挖挺挿捉捐捜掘掛掠掩揚揭搞搬搶摂摄摆摇摸撒撞撫撰擅擎擺"
        "攝斉斎斑斜旨旭旱昂昊昔昨昼晨晶暁暂暖暨暫曆曰札朵杉杭杰枢枪柯柳柴栄栏株栽桂框桐桑桓桜梯梵"
        "棉棋棒棣検椭楽榜樞権横橫欄欠欣欺欽歇歓歧歩歯残殴殼毀毁気氟氨汙汤汰沈沟沢泪洁浄浅浓涓润涯"
        "涵涼淘淵済渋渓渔湘湯満溝溯溼滋滝滞滨漁漂漏漠潜潤潰濱瀏瀬灭灯災炒炭烧焼煌煙熊熙燈燒爬爵爷"
        "爹牢犬狂狐狗狭狱猎猜猴猶獣獵玛琳琴瑟瑪璃瓷甜甸町畑畜番畳疆癌発盆盗眉県眠睛睡瞧矛矩砂砲硝"
        "硫碍碎碗碧碰碱磨礙祝禅禦禧秩稀稜稲稿穂穌穴窃竜筹箱籃籌籤粋粒粘粛粮糊糸純紝紹経絲続総緒縄"
        "縦縱繊繞繪纠纯纵纷纸纹纽绕绘缴罕罢罷羌翅翌耐耕聊聘聴肃肅肌肚肝肥肩肺肿胆胸胺脅脊腊腐腓腔"
        "腺腿膜膠臂臉臓舌舰舶艘芙芝芦芬芸苑茂茎茨茲荆荊荐莉莊莓莱莲菊萨葛葬蒋蒲蒸蒿蓄蓉蓮蔡蔵薄薬"
        "藉藩虾蛇蛍蝉蟲蠻衍衔袋袭裔裸複覚観触觸訳証詢詳詹誉誌誓誕誠読誰謀謂謝譜譲譽讼详诺谋谓谭豫"
        "貧貫貼賛賜賞賠賦賴贈贊贏账贯贴贸赏赔赖赞赢赴赵赶趁趕趙趨跃跌跡践踏踪蹤転軸軽輔輝輩轨辅辆"
        "辞辨辭辰辻込迟迦迹逆递逓逗逝逻逼逾遅遜遞遮邻郊鄧酔酰醸釈釐釣鉄鉴銅銜銭鋒鋳錦錫鎖鏈鑑钥钮"
        "铜铺锁锋锦閉関閣閦閱闊闘闲阁阴陀陝陪陰陶険隋隱雑雞霸靖靜韋韦顆顔顕颉飯飲飾饭饮駅騒験驚驶"
        "驻驾骤髄髪魂魔鳍鳳鸡鹿麒麦黒鼎鼻齒齡龄龐"
    ),
    16: (
        "丙丛丞丟丢丧丸乞亏仕仗伪佑佬侄侦侨侶俯俾倘倪倭偵偽僚僵兀兹冕冯冶冻凌凶凸剉剌剖剿劝劲勁勉"
        "勋勸勾勿匆匠匪卢卤厉厦厨厲叠叢叹吕吟吠吻呂呆呋呎咀咨咬咳咽哇哨哩唇唤喇喉喘喷喻嗣嘛噪噴噶"
        "噸圭坪垣垸塗塢塵墅壳夕夢夸奠奢奮奸妖妥妨妮姜姬姿娃娛娱娶婴嫁嫡嫩嬪嬰孕宛宠宵宸寓寡寮寵尉"
        "尘尸屍屠屢屿岐峨崔崖崙嶽巷帅帖帥帽庇庐庞庸弊弓弘弥弦弯忆忧怖怡怨恒恪悄悍悟悬惑惟惩愁愤慌"
        "慘慰憂憍憑憶憾懲懸戚扇扑扭扰抄抚抛拋拦拨拾挡挤挽捧掃掸搖携摔摘摧撥擋擦擾攀攜敘敲斐斥旬旺"
        "昏晃晓晤晰暑暢暹曉曜朔杏杖枯栈栋栓栖栗梗梦梧梨棕棘棲棺椅椎椒槽樊橘橡橢殑殷毅毗氛氢氫氮氯"
        "汁汛汝汪沧泄浆浜浠浣浩浴浸涂涅涌涨淋淚淨淫淺渗渝湧溃溉溜滇滚滤滥滩滴滾漆漲漳漿潔潭澄澎濃"
        "濕濫灘炉炼烤烦烯烹烽焚煮熔燥爐爪爸爺爽牟牡牲牵牽犹狠狩狮狹狼猪獄獅獸玻珊琅琉璋瓶甫畅畏畔"
        "畝疊疲疼痕瘤瘦皖盒盜盲眷瞎矢矮砌砍硕碘碩碳磯礁祀祈祺祿禎禹禽秉穀穗穷窄窟窩窮竣竭竿筋筒篡"
        "篮粵粹糕糙糟糠糯糾紋紡綏綱締緬緯繩繫繳纖纤纬纲纺绑绣绪缅缔罩翁翔翠耀肆肇肖肠肢肤肾胁胃胖"
        "胚胶脂脆脏腎腫腰腸腾膏膚膨膽臟臭舅舖舜舟艷芒芯芽苔苞苹苻茅茫茵荡莒莖莽萍葵蓍蓬蔬蔽蕊蕭蕴"
        "蕾薛薦薪藕藻蘆蘋蜀蜂蝦螯螺蟬衙衷袍裏褐訟診註詔誘諮譚诊诏诚诞谱豬豹販貸賀賈賢賬贤贫贷贺贼"
        "贾赋赐赠趋跋跪踐踢蹈蹟躍躲輻輿轟轰轴辈辉辐辟辣辩辯辱迄迭迴逢逮週逸遲邁邏邓邨邪郑酬酮酶酷"
        "醇醉鈕銆銳鋪錐鍋鎗鐨鑰鑼鑽锅锐锛锡锥锯閃閒閥閻闢闪闯闹阔阪陕陡隙隧隶隻雀雇雌雍霖霜霞鞋鞏"
        "鞭韻頗頡顛顷颁颇颈颗餅饲馈馮駕駛騙騰驟驴骂骏骗髓鬧鰭鳄鳞鳴鴻鶴鷹鸣鸿鹏鹰鹹鹼麵龜"
    ),
}

# The same of the commonest letters of Russian, Ukrainian and Greek, and syllables of Korean.
_CYRILLIC = {4: "оеаинтсрвл", 6: "кмдпуяыьгзбчйі", 8: "хжшюцщэфъёїєґў"}
_GREEK = {4: "αοιετσνηυρ", 6: "πκμλςόίάέή", 8: "γδθωχφβξζψύώ"}
_HANGUL = {
    9: (
        "이다는의에을가고하지은로도를한기사리어서자시대인그나아정스일수전있라들해부보으장주제과원"
        "상성동무게면신구선조만국경연여유생소용공비세안내우방모등간관오학문중와트개러마교당요했계"
    ),
    11: (
        "날씨맑음늘회실물업화위치분체진적영습니입민식명산현거발된재단양저할었것까야려될때출통행결"
        "받같터았미차되바심금력예강북남말데불년월초속파더호추크드레르타프건태후최워석운령규근김박"
    ),
}
_LETTERS = {"LATIN": 13.0, "CYRILLIC": 12.0, "HIRAGANA": 8.0, "KATAKANA": 9.5, "HANGUL": 14.0}
_LETTERS |= dict.fromkeys(("ARABIC", "DEVANAGARI", "GREEK", "HEBREW", "THAI"), 7.0)
_OTHER_LETTER = 16.0
_CATEGORIES = {"Cc": 24.0, "Cf": 20.0, "Cn": 30.0, "Co": 30.0, "Cs": 30.0}
_LEVELS = {1: 17.0, 2: 19.0, 3: 22.0}  # of Chinese characters in GB2312 or Big5; 3 is beyond
_ACCENTED = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüßœ")
_RARE_ASCII = frozenset("@[\\]^_`{|}~")
_ASCII, _ACCENT, _SYMBOL, _DAMAGED = 6.0, 8.0, 14.0, 40.0

_KNOWN = {
    character: float(bits)
    for table in (_CHINESE, _CYRILLIC, _GREEK, _HANGUL)
    for bits, characters in table.items()
    for character in characters
}


def information(text: str) -> float:
    """How many bits ``text`` takes, character by character."""
    return sum(_bits(character) * count for character, count in Counter(text).items())


def mean_beyond_ascii(text: str) -> float:
    """How many bits each of its characters that aren't ASCII takes in the mean, 0 without any."""
    counts = Counter(text)
    foreign = [(character, n) for character, n in counts.items() if character > "\x7f"]
    total = sum(n for _, n in foreign)
    return sum(_bits(character) * n for character, n in foreign) / total if total else 0.0


@lru_cache(maxsize=2**16)
def _bits(character: str) -> float:
    if character in _KNOWN:
        return _KNOWN[character]
    if "\x20" <= character < "\x7f" or character in "\t\n\r\f":
        return _ASCII if character not in _RARE_ASCII else _ACCENT
    if character == "\ufffd":
        return _DAMAGED
    category = unicodedata.category(character)
    if category in _CATEGORIES:
        return _CATEGORIES[category]
    if category[0] not in "LM":
        return _SYMBOL
    return _letter_bits(character)


def _letter_bits(character: str) -> float:
    if character in _ACCENTED:
        return _ACCENT
    script = unicodedata.name(character, "").partition(" ")[0]
    if script == "CJK":
        return _LEVELS[_level(character)]
    if script == "HALFWIDTH":  # every byte from A1 to DF is one in Shift_JIS
        return _SYMBOL
    return _LETTERS.get(script, _OTHER_LETTER)


def _level(character: str) -> int:
    """How common GB2312 or Big5 take the character for: 1, 2, or 3 for what both lack."""
    gb, big5 = character.encode("gb2312", "ignore"), character.encode("big5", "ignore")
    if b"\xb0" <= gb[:1] <= b"\xd7" or b"\xa4" <= big5[:1] <= b"\xc6":
        return 1
    return 2 if gb or big5 else 3
