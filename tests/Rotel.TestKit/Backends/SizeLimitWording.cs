using Grpc.Core;

namespace Rotel.TestKit.Backends;

/// <summary>How the gRPC servers in use say that a message is too large. One of them is not even the same status.</summary>
public enum SizeLimitWording
{
    /// <summary>The Collector and most SaaS receivers.</summary>
    GrpcGo,

    /// <summary>grpc-dotnet.</summary>
    GrpcDotnet,

    /// <summary>grpc-java.</summary>
    GrpcJava,

    /// <summary>tonic (Rust).</summary>
    Tonic,
}

internal static class SizeLimitWordings
{
    public static Status Refusal(this SizeLimitWording wording, int size, int limit) => wording switch
    {
        SizeLimitWording.GrpcGo => new Status(StatusCode.ResourceExhausted, $"grpc: received message larger than max ({size} vs. {limit})"),
        SizeLimitWording.GrpcDotnet =>
            new Status(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."),
        SizeLimitWording.GrpcJava => new Status(StatusCode.ResourceExhausted, $"gRPC message exceeds maximum size {limit}: {size}"),
        _ => new Status(StatusCode.OutOfRange, $"Error, decoded message length too large: found {size} bytes, the limit is: {limit} bytes"),
    };
}
