using System.Text;
using Rotel.Exporters.ClickHouse.Server;

namespace Rotel.Exporters.Tests.ClickHouse.Server;

public sealed class ServerAnswerTests
{
    private static readonly ClickHouseHost Host = new(new Uri("http://ch:8123"));

    [Theory]
    [InlineData(200, null, "", true, 0)]
    [InlineData(200, "0", "", true, 0)]
    [InlineData(200, "60", "", false, 60)]
    [InlineData(200, null, "Code: 395. DB::Exception: thrown. (FUNCTION_THROW) (version 24.8.1.1)\n", false, 395)]
    [InlineData(200, null, "\r\n__exception__\r\ntag\r\nCode: 241. DB::Exception: no memory\n24 tag\r\n__exception__\r\n", false, 241)]
    [InlineData(200, null, "\r\n__exception__\r\ntag\r\n", false, 0)]
    [InlineData(500, null, "Code: 252. DB::NetException: Too many", false, 252)]
    [InlineData(404, null, "Code: 60, e.displayText() = DB::Exception: Table default.wtf doesn't exist (version 21.3.1.1)", false, 60)]
    [InlineData(502, null, "<html>Bad Gateway</html>", false, 0)]
    public void Answer_IsASuccessOnlyWithoutAnyException(int status, string? header, string body, bool isSuccess, int code)
    {
        var answer = ServerAnswer.Read(Host, status, header, Encoding.UTF8.GetBytes(body), isComplete: true);

        Assert.Equal((isSuccess, code, status), (answer.IsSuccess, answer.Code, answer.Status));
    }

    [Fact]
    public void Answer_WithoutEnd_IsNoSuccess() => Assert.False(ServerAnswer.Read(Host, 200, null, [], isComplete: false).IsSuccess);

    [Theory]
    [InlineData(500, 202, nameof(ServerVerdict.Retry), false)]
    [InlineData(500, 159, nameof(ServerVerdict.Retry), true)]
    [InlineData(500, 210, nameof(ServerVerdict.Retry), true)]
    [InlineData(500, 242, nameof(ServerVerdict.Retry), false)]
    [InlineData(500, 745, nameof(ServerVerdict.Retry), false)]
    [InlineData(500, 252, nameof(ServerVerdict.TooManyParts), false)]
    [InlineData(500, 241, nameof(ServerVerdict.MemoryLimit), false)]
    [InlineData(404, 60, nameof(ServerVerdict.NoTable), false)]
    [InlineData(404, 81, nameof(ServerVerdict.NoTable), false)]
    [InlineData(403, 516, nameof(ServerVerdict.Credentials), false)]
    [InlineData(401, 194, nameof(ServerVerdict.Credentials), false)]
    [InlineData(500, 497, nameof(ServerVerdict.AccessDenied), false)]
    [InlineData(404, 16, nameof(ServerVerdict.OtherColumns), false)]
    [InlineData(400, 53, nameof(ServerVerdict.OtherColumns), false)]
    [InlineData(404, 115, nameof(ServerVerdict.Setting), false)]
    [InlineData(400, 62, nameof(ServerVerdict.Rejected), false)]
    [InlineData(400, 117, nameof(ServerVerdict.Rejected), false)]
    [InlineData(401, 0, nameof(ServerVerdict.Credentials), false)]
    [InlineData(403, 0, nameof(ServerVerdict.Credentials), false)]
    [InlineData(404, 0, nameof(ServerVerdict.Retry), false)]
    [InlineData(408, 0, nameof(ServerVerdict.Retry), true)]
    [InlineData(413, 0, nameof(ServerVerdict.TooLarge), false)]
    [InlineData(429, 0, nameof(ServerVerdict.Retry), false)]
    [InlineData(400, 0, nameof(ServerVerdict.Rejected), false)]
    [InlineData(301, 0, nameof(ServerVerdict.Retry), false)]
    [InlineData(302, 0, nameof(ServerVerdict.Retry), false)]
    [InlineData(407, 0, nameof(ServerVerdict.Retry), false)]
    [InlineData(500, 0, nameof(ServerVerdict.Retry), true)]
    [InlineData(502, 0, nameof(ServerVerdict.Retry), true)]
    [InlineData(503, 0, nameof(ServerVerdict.Retry), false)]
    [InlineData(504, 0, nameof(ServerVerdict.Retry), true)]
    public void Verdict_FollowsTheTable(int status, int code, string verdict, bool leavesUnknown)
    {
        var answer = new ServerAnswer(ServerAnswerKind.Failure, Host, status, code, "") { MayHaveArrived = true };

        Assert.Equal(verdict, ServerErrors.Of(answer).ToString());
        Assert.Equal(leavesUnknown, ServerErrors.LeavesUnknown(answer));
    }
}
