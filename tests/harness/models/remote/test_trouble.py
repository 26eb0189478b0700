"""What complaints are about, as providers word them."""

import json
from typing import Any

import pytest

from harness.models.remote.complaint import read_complaint
from harness.models.remote.trouble import trouble
from harness.store.secret import Scrubber

NONE = Scrubber([])


def about(said: Any, waits: bool = False) -> str:
    return trouble(read_complaint(json.dumps(said, ensure_ascii=False), NONE), waits)


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "Incorrect API key provided: sk-x", "code": "invalid_api_key"}},
        {"error": "Invalid API key"},
        {"error": {"message": "Invalid API key"}},
        {"code": "InvalidApiKey", "message": "Invalid API-key provided.", "request_id": "1"},
        {"error": {"code": "1001", "message": "Header中未收到Authorization参数，无法进行身份验证"}},
        {"error": {"code": "1002", "message": "Authentication Token非法，请确认正确传递"}},
        {"error_code": 110, "error_msg": "Access token invalid or no longer valid"},
        {"error_code": 14, "error_msg": "IAM Certification failed"},
        [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}],
        {"error": {"code": "401", "message": "Access denied due to invalid subscription key"}},
        {"base_resp": {"status_code": 1004, "status_msg": "login fail: carry the API secret key"}},
        {"error": {"message": "无效的令牌", "type": "one_api_error"}},
        {"error": {"message": "该令牌状态不可用"}},
        {"detail": "Not authenticated: missing api key"},
        {"success": False, "msg": "未授权"},
        {"error": {"message": "The API key doesn't exist: API key not exist", "type": "x"}},
    ],
)
def test_keys(said: Any) -> None:
    assert about(said) == "key"


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "You exceeded your current quota, please check your plan and billing "
                   "details.", "code": "insufficient_quota"}},
        {"error": {"message": "You exceeded your current quota, please check your plan"}},
        {"error": {"type": "rate_limit_error", "message": "You exceeded your current quota"}},
        {"error": {"message": "Billing hard limit has been reached"}},
        {"error": {"message": "Insufficient Balance", "type": "unknown_error"}},
        {"error": {"message": "insufficient_user_quota", "type": "new_api_error"}},
        {"error": {"message": "Your credit balance is too low to access the API"}},
        {"error": {"message": "This request requires more credits, or fewer max_tokens"}},
        {"code": "Arrearage", "message": "Access denied, please make sure your account is in good"},
        {"code": "AllocationQuota.FreeTierOnly", "message": "The free tier has been exhausted."},
        {"error": {"code": "1113", "message": "您的账户已欠费，请充值后重试"}},
        {"error": {"message": "余额不足"}},
        {"message": "额度已用完"},
        {"error": {"message": "该令牌额度已用尽"}},
        {"error": {"message": "今日免费额度已用完，明天再来"}},
        {"error": {"message": "用户额度不足, 剩余额度: 0"}},
        {"error_code": 17, "error_msg": "Open api daily request limit reached"},
        {"error": {"message": "Your account org-x is suspended, please check your plan and billing",
                   "type": "exceeded_current_quota_error"}},
    ],
)  # fmt: skip
def test_money(said: Any) -> None:
    assert about(said) == "money"


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "Rate limit reached for gpt on tokens per min (TPM): Limit 30000"}},
        {"code": "Throttling.AllocationQuota", "message": "Allocated quota exceeded, please"},
        {"code": "Throttling.RateQuota", "message": "Requests rate limit exceeded"},
        {"error": {"code": "1302", "message": "您当前使用该API的并发数过高，请降低并发"}},
        {"error": {"code": "1305", "message": "当前API请求过多，请稍后重试。"}},
        {"error_code": 18, "error_msg": "Open api qps request limit reached"},
        {"error": {"code": 503, "message": "The model is overloaded. Please try again later."}},
        {"error": {"message": "当前分组上游负载已饱和，请稍后再试"}},
        {"error": {"code": 429, "message": "You exceeded your current quota, please check your "
                   "plan and billing details. " + "More words. " * 30 + "Please retry in 33.4s."}},
        {"error": {"code": 429, "message": "Quota exceeded for requests per minute"}},
        {"error": {"message": "Too many requests"}},
        {"error": {"message": "Model xyz is currently loading"}},
    ],
)  # fmt: skip
def test_overload(said: Any) -> None:
    assert about(said) == "overload"


def test_a_quota_that_comes_back_is_waited_for() -> None:
    assert about({"message": "quota exceeded"}, waits=True) != "money"
    assert about({"message": "余额不足"}, waits=True) == "money"


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "The model `gpt-9` does not exist", "code": "model_not_found"}},
        {"error": {"message": "Model Not Exist", "type": "invalid_request_error"}},
        {"error": {"code": "1211", "message": "模型不存在，请检查模型代码。"}},
        {"code": "InvalidParameter", "message": "Model not exist."},
        {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist"}},
        [{"error": {"code": 404, "message": "models/foo is not found for API version v1beta"}}],
        {"error": {"message": "当前分组 default 下对于模型 gpt-9 无可用渠道"}},
        {"error": {"message": "gpt-9 is not a valid model ID"}},
        {"error": "model 'qwen9' not found, try pulling it first"},
    ],
)
def test_models(said: Any) -> None:
    assert about(said) == "model"


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (
            {"code": "DataInspectionFailed", "message": "Input data may contain bad words."},
            "sample",
        ),
        (
            {"error": {"code": "1301", "message": "系统检测到输入可能包含不安全或敏感内容"}},
            "sample",
        ),
        ({"error": {"message": "This model's maximum context length is 4096 tokens"}}, "sample"),
        ({"error": {"code": "1210", "message": "API 调用参数有误"}}, "sample"),
        ({"error": {"message": "Internal server error"}}, "fault"),
        ({"error": {"message": "upstream request timeout"}}, "fault"),
        ({"error": {"message": "系统错误"}}, "fault"),
        ({"error": {"message": "overheated"}}, ""),
    ],
)
def test_the_rest(said: Any, what: str) -> None:
    assert about(said) == what
