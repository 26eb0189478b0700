"""What a provider's complaint is about, by its words and codes, in English and Chinese.

The first that fits counts. A quota that is spent stays spent; one on calls a minute does not, and
some say both in the same words: then a time to wait, or a minute, tells them apart.
"""

from __future__ import annotations

import re
from typing import Literal

from .complaint import Complaint

Trouble = Literal["money", "key", "model", "overload", "sample", "fault", ""]


def _words(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_MONEY = _words(
    r"insufficient[\s_-]+(?:\w{1,20}[\s_-]+)?(?:balance|quota|credit|fund)",
    r"balance (?:is |too )*(?:insufficient|not enough|low|empty)",
    r"out of credits?|(?:no|not enough|more) (?:\w{1,12} )?credits|credit balance",
    r"arrear|overdue|payment[\s_]required|billing[\s_](?:hard[\s_]limit|not[\s_]active)",
    r"exceeded_current_quota|account (?:\S{1,80} )?is suspended",
    r"欠费|余额.{0,4}(?:不足|不够|为\s*0|为零|用完|用尽|耗尽)|余额已|充值|账[户号].{0,6}冻结",
    r"(?:套餐|资源包|免费额度|试用额度).{0,8}(?:到期|过期|用完|用尽|耗尽|不足|结束)",
)
_QUOTA = _words(
    r"exceeded your (?:current |monthly |daily |usage )?quota|check your (?:plan|billing)",
    r"quota (?:has been |have been |is |was )?(?:already )?"
    r"(?:exceeded|exhausted|used up|depleted|spent|reached)|quota[\s_]exceeded|out of quota",
    r"(?:exceeded|exhausted|depleted|used up) (?:\w{1,12} ){0,3}quota",
    r"free[\s_-]?tier.{0,40}exhaust",
    r"(?:daily|monthly|weekly|total|usage|spending|spend|credit|billing)[\s_](?:request )?limit"
    r"|FreeTierOnly",
    r"(?:额度|配额|限额|用量|次数).{0,6}(?:不足|不够|用完|用尽|耗尽|为\s*0|为零|超[出限额]|达到?上限|已满)",
    r"(?:用完|用尽|耗尽|超[出过]).{0,8}(?:额度|配额|限额)|使用上限",
)
_RATE = _words(
    r"throttl|per[\s_-]?(?:minute|second|hour)|per[\s_-]min\b|\b[rt]pm\b|\bqp[sm]\b|\b[rt]ps\b",
    r"(?:retry|try again) (?:in|after) [0-9]|每分钟|每秒|限流|限速|频率|频繁|并发|速率",
)
_FILTER = _words(
    r"content[\s_-]?(?:filter|policy|management|moderation)|data_?inspection|inappropriate",
    r"responsible[\s_]?ai|敏感|违规|不安全|不当内容|内容审核",
)
_KEY = _words(
    r"(?:invalid|incorrect|wrong|missing|no|bad|expired|unknown|revoked|provide an?)"
    r"[\s_-]*(?:\w{1,12} )?api[\s_-]?key",
    r"api[\s_-]?key.{0,40}(?:invalid|not valid|incorrect|expired|wrong|missing|not found|required"
    r"|disabled|revoked|not exist)",
    r"(?:invalid|incorrect|wrong|missing|expired|bad)[\s_-]*(?:\w{1,12}[\s_])?"
    r"(?:access[\s_]?token|auth\w{0,12}|credentials?|subscription key|bearer|signature)",
    r"(?:access|auth\w{0,12}|bearer|user)[\s_-]?token.{0,30}(?:invalid|expired|not valid|missing)",
    r"(?:authentication|authorization|certification|verification)[\s_](?:fail|error|required|fields)",
    r"un-?authori[sz]ed|unauthenticated|not authori[sz]ed|permission[\s_]denied|access[\s_]?denied"
    r"|no permission|forbidden|(?:log|sign)[\s-]?in (?:first|required|fail)|please (?:log|sign) ?in"
    r"|secret key",
    r"(?:无效|错误|过期|失效|非法)的?\s?(?:令牌|密钥|api[\s-]?key|apikey|token|身份|凭证)",
    r"(?:令牌|密钥|api[\s-]?key|\btoken|身份|鉴权|认证|凭证).{0,12}"
    r"(?:无效|错误|失败|过期|失效|不正确|不存在|有误|为空|非法|不可用|未通过|缺失)",
    r"(?:未提供|未收到|缺少|没有).{0,12}(?:令牌|密钥|authorization|api[\s-]?key|token|凭证)",
    r"未授权|未认证|未登录|请先登录|没有权限|无权",
)
_OVERLOAD = _words(
    r"rate[\s_-]?limit|too[\s_-]many[\s_-]requests|overload|\bbusy\b|capacity|high (?:demand|load)",
    r"request limit|try again|retry|temporar|unavailable|resource[\s_](?:has been )?exhausted",
    r"is (?:currently )?loading|过载|负载|繁忙|请求过多|访问量|稍后|稍候|排队|重试",
)
_MODEL = _words(
    r"models?[\s_-]?(?:is[\s_])?(?:not|un)[\s_-]?(?:found|exist|support|recogni)",
    r"models?\b.{0,80}(?:does not|doesn't|do not|not) exist|models?\b.{0,80}not found",
    r"models?\b.{0,80}(?:is not a valid|is not supported|not supported|is invalid)",
    r"(?:no such|unknown|unsupported|invalid|non-?existent|not a valid)[\s_](?:\w{1,12} )?model",
    r"deployment.{0,60}(?:not exist|not[\s_]?found)|deploymentnotfound|no endpoints found",
    r"no available channel|无可用渠道|模型.{0,60}(?:不存在|未找到|找不到|无效|不支持|未开通|下线)",
    r"(?:不存在|未知|无效|不支持|没有)的?.{0,8}模型",
)
_SAMPLE = _words(
    r"context[\s_](?:length|window)|maximum context|too (?:long|large|many tokens)|max_tokens",
    r"invalid[\s_]?(?:request|parameter|value|argument|input)|bad[\s_]request",
    r"missing (?:required|field)",
    r"unsupported[\s_](?:parameter|value)|参数|过长|超长|长度",
)
_FAULT = _words(
    r"internal|server[\s_]error|upstream|gateway|time[d-]?[\s_]?out|exception|failed to",
    r"系统|内部错误|服务异常|超时|异常",
)
_SPENT: tuple[tuple[Trouble, re.Pattern[str]], ...] = (("sample", _FILTER), ("money", _MONEY))
_OTHERS: tuple[tuple[Trouble, re.Pattern[str]], ...] = (
    ("key", _KEY), ("overload", _RATE), ("model", _MODEL), ("overload", _OVERLOAD),
    ("sample", _SAMPLE), ("fault", _FAULT),
)  # fmt: skip


def trouble(complaint: Complaint, waits: bool = False) -> Trouble:
    """What a complaint is about; empty where its words tell nothing.

    Args:
        complaint: what the provider says.
        waits: whether it says when to come again.
    """
    # What stands far behind may be the request itself, sent back.
    said = " ".join((complaint.shown, *complaint.codes))
    for found, words in _SPENT:
        if words.search(said):
            return found
    if _QUOTA.search(said):
        comes_back = waits or _RATE.search(f"{complaint.message} {said}")
        return "overload" if comes_back else "money"
    return next((found for found, words in _OTHERS if words.search(said)), "")


def is_spent(complaint: Complaint, waits: bool = False) -> bool:
    """Whether a complaint says that nothing is left to pay with."""
    return trouble(complaint, waits) == "money"
