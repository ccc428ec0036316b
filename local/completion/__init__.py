"""What the emulator's Cognito lacks of AWS, added around it on the AWS wire protocol alone."""
