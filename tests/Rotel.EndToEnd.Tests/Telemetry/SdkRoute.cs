namespace Rotel.EndToEnd;

/// <summary>How an application's SDK reaches Rotel.</summary>
public enum SdkRoute
{
    Grpc,
    HttpProtobuf,
    HandOff,
}
