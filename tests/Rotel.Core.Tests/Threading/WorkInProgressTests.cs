namespace Rotel.Threading;

public sealed class WorkInProgressTests
{
    private readonly WorkInProgress _work = new();

    [Fact]
    public void None_WhereNothingIsUnderWay_CompletesAtOnce()
    {
        Assert.True(_work.NoneAsync().IsCompleted);
        _work.Begin();
        _work.End();
        Assert.True(_work.NoneAsync().IsCompleted);
    }

    [Fact]
    public void None_WhileSomethingIs_CompletesAtTheEndOfTheLast()
    {
        _work.Begin();
        _work.Begin();
        var (first, second) = (_work.NoneAsync(), _work.NoneAsync());
        _work.End();
        Assert.False(first.IsCompleted);

        _work.End();
        Assert.True(first.IsCompleted);
        Assert.True(second.IsCompleted);
        _work.Begin();
        Assert.False(_work.NoneAsync().IsCompleted);
    }
}
